import type { Provider } from '../provider.ts';
import type { Transport } from '../transport.ts';

export function anthropic(_transport: Transport): Provider {
  return {
    name: 'anthropic',
    send: async () => {
      throw new Error('stub');
    },
  };
}
