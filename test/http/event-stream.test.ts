/** The stream to the caller, on a real connection. */
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import type { EventWriter } from '../../src/api/api-format.ts';
import { openAiChat } from '../../src/api/openai-chat/openai-chat.ts';
import { GeneratedChunkStream } from '../../src/core/chunk-stream.ts';
import type { ChatCompletionChunk } from '../../src/core/openai-types.ts';
import { EventStream } from '../../src/http/event-stream.ts';
import { countedTurns } from '../helpers/counted-turns.ts';

const NO_CONTEXT = { headers: {}, params: {}, query: '' };

afterEach(() => void vi.useRealTimers());

/** @returns a response, and the reply to its caller once there is something of it */
async function exchange(): Promise<{ response: ServerResponse; reply: Promise<IncomingMessage> }> {
  const server = createServer();
  onTestFinished(() => void server.close());
  const asked = once(server, 'request');
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const request = get({ port, host: '127.0.0.1' });
  request.on('error', () => {});
  onTestFinished(() => void request.destroy());
  const reply = once(request, 'response').then(([one]) => (one as IncomingMessage).setEncoding('utf8'));
  const [, response] = await asked;
  return { response, reply };
}

async function callerOf(): Promise<{ events: EventStream; reply: Promise<IncomingMessage> }> {
  const { response, reply } = await exchange();
  const events = new EventStream(
    response,
    [],
    openAiChat.parse({ prompt: 'hi' }, NO_CONTEXT).reply.events('id'),
  );
  onTestFinished(() => events.abandon());
  return { events, reply };
}

async function textOf(reply: Promise<IncomingMessage>): Promise<string> {
  let text = '';
  for await (const part of await reply) text += part;
  return text;
}

it('says something every 15 seconds while there is nothing to say, so that proxies keep it open', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { reply } = await callerOf();
  vi.advanceTimersByTime(14_999);
  expect(await Promise.race([reply, sleep(50, 'nothing yet')])).toBe('nothing yet');
  vi.advanceTimersByTime(1);
  const caller = await reply;
  expect(caller.headers['content-type']).toContain('text/event-stream');
  expect((await once(caller, 'data'))[0]).toBe(': ping\n\n');
  vi.advanceTimersByTime(15_000);
  expect((await once(caller, 'data'))[0]).toBe(': ping\n\n');
});

it('is for no proxy to gather, and ends with [DONE]', async () => {
  const { events, reply } = await callerOf();
  await events.done(undefined);
  expect(await textOf(reply)).toBe('data: [DONE]\n\n');
  expect((await reply).headers['x-accel-buffering']).toBe('no');
});

it('is made in parts where all of an answer is there at once', async () => {
  const { response, reply } = await exchange();
  const chunks = Array.from({ length: 1_000 }, (_, created) => ({ created }) as ChatCompletionChunk);
  const parts: number[] = [];
  const writer: EventWriter = {
    chunks(batch) {
      parts.push(batch.length);
      return batch.map(({ created }) => `${created} `).join('');
    },
    end: () => '',
    failure: () => '',
    ping: () => '',
  };
  function* allAtOnce() {
    yield chunks;
  }
  const events = new EventStream(response, [], writer);
  const written = events.write(new GeneratedChunkStream(allAtOnce())).then(() => events.done(undefined));
  const [text] = await Promise.all([textOf(reply), written]);
  expect(text).toBe(chunks.map(({ created }) => `${created} `).join(''));
  expect(Math.max(...parts)).toBeLessThan(100);
});

const writerOf = (told: Partial<EventWriter>): EventWriter => ({
  chunks: () => '',
  end: () => '',
  failure: () => '',
  ping: () => '',
  ...told,
});

it('is made piece by piece where its end says a long text again, and others are served in between', async () => {
  const { response, reply } = await exchange();
  const turns = countedTurns();
  const seen: number[] = [];
  function* end() {
    for (let piece = 0; piece < 8; piece++) {
      seen.push(turns());
      yield `${piece}`.repeat(60_000);
    }
  }
  const events = new EventStream(response, [], writerOf({ end }));
  const [text] = await Promise.all([textOf(reply), events.done(undefined)]);
  expect(text).toBe(Array.from({ length: 8 }, (_, piece) => `${piece}`.repeat(60_000)).join(''));
  expect(seen.at(-1)! - seen[0]!).toBeGreaterThanOrEqual(3);
});

it('writes a long text in short pieces that never cut a character, and others are served in between', async () => {
  const { response, reply } = await exchange();
  const turns = countedTurns();
  const lengths: number[] = [];
  const at: number[] = [];
  const write = response.write.bind(response) as (text: string) => boolean;
  response.write = ((text: string) => {
    lengths.push(text.length);
    at.push(turns());
    return write(text);
  }) as typeof response.write;
  const long = `a${'👍🏽'.repeat(100_000)}`;
  const events = new EventStream(response, [], writerOf({ chunks: () => long }));
  function* once() {
    yield [{} as ChatCompletionChunk];
  }
  const written = events.write(new GeneratedChunkStream(once())).then(() => events.done(undefined));
  const [text] = await Promise.all([textOf(reply), written]);
  expect(text === long).toBe(true);
  expect(Math.max(...lengths)).toBeLessThan(70_000);
  expect(new Set(at).size).toBeGreaterThanOrEqual(lengths.length / 2);
});

it('makes no more of a long end than its reader takes, and stops when that has left', async () => {
  const { response, reply } = await exchange();
  let made = 0;
  function* end() {
    for (;;) {
      made += 1;
      yield 'x'.repeat(60_000);
    }
  }
  const written = new EventStream(response, [], writerOf({ end })).done(undefined);
  const caller = await reply;
  await expect.poll(() => response.writableNeedDrain).toBe(true);
  const before = made;
  await sleep(50);
  expect(made).toBe(before);
  caller.destroy();
  await written;
});
