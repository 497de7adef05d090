/** At which stop sequence an answer was cut, as the Messages door tells it; and one that a broken stream's text begins. */
import { describe, expect, it } from 'vitest';
import { postJson } from '../helpers/gateway.ts';
import type { RawReply } from '../helpers/raw-upstream.ts';
import { startTwoUpstreams, streamOf } from '../helpers/two-upstreams.ts';

const ASK = { max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] };

/** The same end, whole and as a stream. */
function reply(content: string, end: object, stream: boolean): RawReply {
  const head = { id: 'c', created: 1, model: 'm' };
  if (!stream) {
    const choices = [{ index: 0, message: { role: 'assistant', content }, ...end }];
    return { body: JSON.stringify({ ...head, object: 'chat.completion', choices }) };
  }
  const chunk = (choice: object) =>
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }] })}\n\n`;
  const body = chunk({ delta: { content }, finish_reason: null }) + chunk({ delta: {}, ...end });
  return { headers: { 'content-type': 'text/event-stream' }, body: `${body}data: [DONE]\n\n` };
}

async function stopOf(url: string, body: object, stream: boolean) {
  const raw = await (await postJson(`${url}/v1/messages`, { ...ASK, ...body, stream })).text();
  const told = stream
    ? raw
        .split('\n')
        .filter((line) => line.includes('"message_delta"') && line.startsWith('data: '))
        .map((line) => JSON.parse(line.slice(6)).delta)[0]
    : JSON.parse(raw);
  return [told.stop_reason, told.stop_sequence];
}

const ENDS: readonly (readonly [string, object, readonly string[], readonly [string, string | null]])[] = [
  ["vLLM's", { finish_reason: 'stop', stop_reason: 'B' }, ['A', 'B'], ['stop_sequence', 'B']],
  ["vLLM's, a token", { finish_reason: 'stop', stop_reason: 151645 }, ['A'], ['end_turn', null]],
  ["SGLang's", { finish_reason: 'stop', matched_stop: 'B' }, ['A', 'B'], ['stop_sequence', 'B']],
  ["TGI's", { finish_reason: 'stop_sequence' }, ['A'], ['stop_sequence', 'A']],
  ["TGI's, one of two", { finish_reason: 'stop_sequence' }, ['A', 'B'], ['end_turn', null]],
  [
    "OpenRouter's",
    { finish_reason: 'stop', native_finish_reason: 'stop_sequence' },
    ['A'],
    ['stop_sequence', 'A'],
  ],
  ['nobody says which', { finish_reason: 'stop' }, ['A'], ['end_turn', null]],
  ['another', { finish_reason: 'stop', stop_reason: '<|im_end|>' }, ['A'], ['end_turn', null]],
  ['the cap', { finish_reason: 'length', stop_reason: 'A' }, ['A'], ['max_tokens', null]],
];

it.each([false, true])('an end at the Messages door is told as it was (stream: %s)', async (stream) => {
  const first = ENDS.map(([, end]) => reply('one', end, stream));
  const { url } = await startTwoUpstreams({ first, second: [] }, { CACHE_TTL: '0' });
  for (const [name, , stops, expected] of ENDS)
    expect(await stopOf(url, { model: 'first', stop_sequences: stops }, stream), name).toEqual(expected);
});

describe('a stop sequence that a broken text begins', () => {
  const broken = streamOf([{ content: 'one ' }, { content: 'E' }, { content: 'N' }], null, { ending: 'cut' });
  const rest = streamOf([{ content: 'D two' }, { content: ' three' }], 'stop');

  it('and its continuation ends is seen, and nothing of it was told', async () => {
    const { url, second } = await startTwoUpstreams({ first: [broken], second: [rest] });
    const body = { model: 'pair', messages: ASK.messages, stop: 'END', stream: true };
    const raw = await (await postJson(`${url}/v1/chat/completions`, body)).text();
    const chunks = raw
      .split('\n\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice(6)));
    expect(chunks.map(({ choices: [choice] }) => choice?.delta.content ?? '').join('')).toBe('one ');
    expect(chunks.at(-1)).toMatchObject({ choices: [{ finish_reason: 'stop', stop_reason: 'END' }] });
    expect(JSON.stringify(second.requests[0]!.body)).toContain('one EN');
  });

  it('at the Messages door, too', async () => {
    const { url } = await startTwoUpstreams({ first: [broken], second: [rest] });
    const stop = await stopOf(url, { model: 'pair', stop_sequences: ['END'] }, true);
    expect(stop).toEqual(['stop_sequence', 'END']);
  });
});
