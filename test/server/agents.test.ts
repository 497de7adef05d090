/**
 * Requests recorded from the agents themselves (test/fixtures/agents), over providers of four wires that are as strict as the
 * real ones: none is refused, and the answer comes back in the terms of the door.
 */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, firstTool, streamedAnswer, wholeAnswer } from '../helpers/agent-answers.ts';
import { postJson, type RunningGateway, startBareGateway } from '../helpers/gateway.ts';
import type { Json } from '../helpers/strict/rules.ts';
import { type StrictUpstream, startStrictUpstream } from '../helpers/strict-upstream.ts';

const FIXTURES = 'test/fixtures/agents';
const TARGETS = ['openai', 'together', 'anthropic', 'cohere'];

interface Recorded {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Json;
}

const samples = readdirSync(FIXTURES).map((file) => {
  const recorded = JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')) as Recorded;
  return { name: file.replace('.json', ''), ...recorded };
});

let upstream: StrictUpstream;
let gateway: RunningGateway;
const closers: (() => void | Promise<void>)[] = [];

beforeAll(async () => {
  upstream = await startStrictUpstream();
  const { url } = upstream;
  const config = join(mkdtempSync(join(tmpdir(), 'agents-')), 'codellama.yaml');
  writeFileSync(
    config,
    `models:
  over-openai: { provider: openai, model: gpt-4o, base_url: "${url}/openai/v1" }
  over-together: { provider: together, model: Qwen/Qwen3-Coder, base_url: "${url}/together/v1" }
  over-anthropic: { provider: anthropic, model: claude-opus-5-5, base_url: "${url}/anthropic" }
  over-cohere: { provider: cohere, model: command-a-03-2025, base_url: "${url}/cohere/v2" }
chains: { default: [over-openai] }
`,
  );
  const keys = Object.fromEntries(TARGETS.map((name) => [`${name.toUpperCase()}_API_KEY`, 'some-key']));
  gateway = await startBareGateway({ ...keys, CONFIG_FILE: config, RETRIES: '0', COOLDOWN: '0s' }, (close) =>
    closers.push(close),
  );
});

afterAll(async () => {
  for (const close of closers) await close();
  await upstream.close();
});

const chats = samples.filter(({ path }) => !path.includes('count_tokens'));

describe.each(TARGETS)('over %s', (target) => {
  describe.each(chats)('$name', ({ path, headers, body }) => {
    it.each(['whole', 'as a stream'])('%s', async (how) => {
      const stream = how !== 'whole';
      const response = await postJson(
        gateway.url + path,
        { ...body, model: `over-${target}`, stream },
        headers,
      );
      const text = await response.text();
      expect({
        status: response.status,
        wrong: upstream.last?.violations,
        text: response.ok ? '' : text,
      }).toEqual({
        status: 200,
        wrong: [],
        text: '',
      });
      const answer = stream
        ? streamedAnswer(path, eventsOf(text))
        : wholeAnswer(path, JSON.parse(text) as Json);
      expect(answer.text || answer.call).toBeTruthy();
      expect(answer.call).toEqual(firstTool(path, body));
    });
  });
});

it.each(samples.filter(({ path }) => path.includes('count_tokens')))(
  '$name',
  async ({ path, headers, body }) => {
    const response = await postJson(gateway.url + path, { ...body, model: 'over-anthropic' }, headers);
    expect(await response.json()).toEqual({ input_tokens: expect.any(Number) });
  },
);
