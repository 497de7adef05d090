/** A gateway over providers of four wires that refuse what the real ones refuse, for all tests of a file. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type RunningGateway, startBareGateway } from './gateway.ts';
import { type StrictUpstream, startStrictUpstream } from './strict-upstream.ts';

/** Each has a model `over-<name>`. */
export const STRICT_TARGETS = ['openai', 'together', 'anthropic', 'cohere'] as const;

export interface StrictGateway {
  readonly gateway: RunningGateway;
  readonly upstream: StrictUpstream;
}

/** @returns both, once the tests run */
export function strictGateway(): StrictGateway {
  let upstream: StrictUpstream;
  let gateway: RunningGateway;
  const closers: (() => void | Promise<void>)[] = [];
  beforeAll(async () => {
    upstream = await startStrictUpstream();
    const { url } = upstream;
    const config = join(mkdtempSync(join(tmpdir(), 'strict-')), 'codellama.yaml');
    writeFileSync(
      config,
      `models:
  over-openai: { provider: openai, model: gpt-4o, base_url: "${url}/openai/v1" }
  over-together: { provider: together, model: Qwen/Qwen3-Coder, base_url: "${url}/together/v1" }
  over-anthropic: { provider: anthropic, model: claude-opus-5-5, base_url: "${url}/anthropic" }
  over-cohere: { provider: cohere, model: command-a-03-2025, base_url: "${url}/cohere/v2" }
chains: { default: [over-openai] }
aliases: { "claude-*": default, "claude-fast": over-cohere }
`,
    );
    const keys = Object.fromEntries(STRICT_TARGETS.map((name) => [`${name.toUpperCase()}_API_KEY`, 'key']));
    const environment = { ...keys, CONFIG_FILE: config, RETRIES: '0', COOLDOWN: '0s' };
    gateway = await startBareGateway(environment, (close) => closers.push(close));
  });
  afterAll(async () => {
    for (const close of closers) await close();
    await upstream.close();
  });
  return {
    get gateway() {
      return gateway;
    },
    get upstream() {
      return upstream;
    },
  };
}
