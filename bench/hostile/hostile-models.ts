/** The models of the hostile provider, one for each wire. */
import type { HostileUpstream } from './hostile-upstream.ts';

export const MODELS = [
  'hostile',
  'hostile-claude',
  'hostile-command',
  'hostile-chain',
  'openai/insufficient_quota',
] as const;

/** Configurations that are put in place of each other while calls run: the right one, one of many models, one that is none. */
export function configsFor(urls: HostileUpstream['urls']): readonly string[] {
  const right = configFor(urls);
  const models = Array.from(
    { length: 1_000 },
    (_, at) => `  m${at}: { provider: fireworks, model: org/m${at} }\n`,
  );
  return [right, right.replace('chains:', `${models.join('')}chains:`), `${right}chains: [[[`, right];
}

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
