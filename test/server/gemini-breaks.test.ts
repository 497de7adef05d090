/** Gemini's door where an answer breaks off after its first words: all clients have to see that it is not whole. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createParser } from 'eventsource-parser';
import { describe, expect, it } from 'vitest';
import { callDeltas, startTwoUpstreams, streamOf } from '../helpers/two-upstreams.ts';

const ERROR = { error: { code: 502, status: 'INTERNAL', message: expect.stringContaining('failed') } };
const TOOLS = [{ functionDeclarations: [{ name: 'read_file', parameters: { type: 'OBJECT' } }] }];

/** @returns each write of the body, as chunks of HTTP keep them apart, of an answer that is cut inside a tool call */
async function writesOf(how: string): Promise<string[]> {
  const deltas = [{ content: 'I look.' }, ...callDeltas(['{"pa'])];
  const cut = streamOf(deltas, null, { ending: 'cut' });
  const { url } = await startTwoUpstreams({ first: [cut], second: [] });
  const body = JSON.stringify({ contents: [{ parts: [{ text: 'read it' }] }], tools: TOOLS });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `POST /v1beta/models/first:${how} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  const answer = await text(socket);
  let rest = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  const writes: string[] = [];
  for (;;) {
    const at = rest.indexOf('\r\n') + 2;
    const length = Number.parseInt(rest, 16);
    if (!length) return writes;
    writes.push(rest.slice(at, at + length));
    rest = rest.slice(at + length + 2);
  }
}

describe('an answer that is cut inside a tool call', () => {
  it('is told by an event, and to Gemini CLI by JSON that is a write of its own', async () => {
    const writes = await writesOf('streamGenerateContent?alt=sse');
    expect(JSON.parse(writes.at(-1)!)).toMatchObject(ERROR);
    const events: unknown[] = [];
    createParser({ onEvent: ({ data }) => void events.push(JSON.parse(data)) }).feed(writes.join(''));
    expect(events.at(-1)).toMatchObject(ERROR);
    expect(events.filter((event) => 'error' in (event as object))).toHaveLength(1);
    expect(JSON.stringify(events)).toContain('I look.');
    expect(JSON.stringify(events)).not.toMatch(/functionCall|finishReason/);
  });

  it('is told by the last piece of a list', async () => {
    const pieces = JSON.parse((await writesOf('streamGenerateContent')).join('')) as unknown[];
    expect(pieces.at(-1)).toMatchObject(ERROR);
  });
});
