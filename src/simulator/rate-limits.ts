/** Rate-limit headers in each provider's own names and units (OpenAI durations, Anthropic dates, Together seconds). */
import type { SimulatedProvider } from './wire.ts';

/** How a simulated limit stands. */
export interface RateLimitState {
  exhausted: boolean;
  /** When the limit opens again; without it an exhausted limit gives no hint. */
  resetSeconds?: number | undefined;
}

/** The headers of a reply; a limit that is not exhausted is nearly untouched. */
export function rateLimitHeaders(
  provider: SimulatedProvider,
  { exhausted, resetSeconds }: RateLimitState,
): { [name: string]: string } {
  const remaining = exhausted ? '0' : '499';
  const knowsReset = !exhausted || resetSeconds !== undefined;
  const seconds = resetSeconds ?? 1;
  const reset = (name: string, value: string): { [name: string]: string } =>
    knowsReset ? { [name]: value } : {};
  switch (provider) {
    case 'openai':
      return {
        'x-ratelimit-limit-requests': '500',
        'x-ratelimit-remaining-requests': remaining,
        ...reset('x-ratelimit-reset-requests', exhausted ? `${seconds}s` : '120ms'),
        'x-ratelimit-limit-tokens': '30000',
        'x-ratelimit-remaining-tokens': exhausted ? '0' : '29900',
        ...reset('x-ratelimit-reset-tokens', exhausted ? `${seconds}s` : '200ms'),
      };
    case 'anthropic': {
      const date = `${new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19)}Z`;
      return {
        'anthropic-ratelimit-requests-limit': '500',
        'anthropic-ratelimit-requests-remaining': remaining,
        ...reset('anthropic-ratelimit-requests-reset', date),
        'anthropic-ratelimit-tokens-limit': '100000',
        'anthropic-ratelimit-tokens-remaining': exhausted ? '0' : '99000',
        ...reset('anthropic-ratelimit-tokens-reset', date),
      };
    }
    case 'together':
      return {
        'x-ratelimit-limit': '10',
        'x-ratelimit-remaining': exhausted ? '0' : '9',
        ...reset('x-ratelimit-reset', String(seconds)),
        'x-tokenlimit-limit': '30000',
        'x-tokenlimit-remaining': exhausted ? '0' : '29900',
      };
    case 'promptlayer':
      return {};
  }
}
