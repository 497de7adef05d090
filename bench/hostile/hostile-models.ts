/** The models of the hostile provider, one for each wire. */
import type { HostileUpstream } from './hostile-upstream.ts';

export const MODELS = [
  'hostile',
  'hostile-claude',
  'hostile-command',
  'hostile-chain',
  'openai/insufficient_quota',
] as const;

export function configFor({ openai, anthropic, cohere }: HostileUpstream['urls']): string {
  const price = 'price: { input: 1, output: 2 }, context_window: 128000';
  const key = 'api_key: fw-the-key-of-the-hostile-provider';
  return `models:
  hostile: { provider: fireworks, model: org/hostile, base_url: "${openai}", ${key}, ${price} }
  hostile-claude: { provider: anthropic, model: hostile, base_url: "${anthropic}", ${key}, ${price} }
  hostile-command: { provider: cohere, model: hostile, base_url: "${cohere}", ${key}, ${price} }
chains:
  hostile-chain: [hostile, gpt-4]
`;
}
