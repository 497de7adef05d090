/**
 * Requests recorded from the agents themselves (test/fixtures/agents), over providers of four wires that are as strict as the
 * real ones: none is refused, and the answer comes back in the terms of the door.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventsOf, firstTool, streamedAnswer, wholeAnswer } from '../helpers/agent-answers.ts';
import { postJson } from '../helpers/gateway.ts';
import type { Json } from '../helpers/strict/rules.ts';
import { STRICT_TARGETS, strictGateway } from '../helpers/strict-gateway.ts';

const FIXTURES = 'test/fixtures/agents';

interface Recorded {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Json;
}

const samples = readdirSync(FIXTURES).map((file) => {
  const recorded = JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')) as Recorded;
  return { name: file.replace('.json', ''), ...recorded };
});

const strict = strictGateway();
const chats = samples.filter(({ path }) => !path.includes('count_tokens'));

describe.each(STRICT_TARGETS)('over %s', (target) => {
  describe.each(chats)('$name', ({ path, headers, body }) => {
    it.each(['whole', 'as a stream'])('%s', async (how) => {
      const stream = how !== 'whole';
      const response = await postJson(
        strict.gateway.url + path,
        { ...body, model: `over-${target}`, stream },
        headers,
      );
      const text = await response.text();
      expect({
        status: response.status,
        wrong: strict.upstream.last?.violations,
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
    const response = await postJson(strict.gateway.url + path, { ...body, model: 'over-anthropic' }, headers);
    expect(await response.json()).toEqual({ input_tokens: expect.any(Number) });
  },
);
