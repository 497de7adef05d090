/** A provider that does what it can to hurt: endless, deep, huge, torn and untrue replies, one of them for each call. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pickFrom } from '../seeded-random.ts';

type Reply = (response: ServerResponse, request: IncomingMessage) => void;

const MEGABYTE = 1024 * 1024;
const chunk = (delta: object, finish: string | null = null, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;
const DONE = `${chunk({}, 'stop')}data: [DONE]\n\n`;
const completion = (content: unknown, more: object = {}) =>
  JSON.stringify({
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    ...more,
  });
const words = (bytes: number) => 'lorem ipsum '.repeat(bytes / 12);

function events(...pieces: readonly string[]): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of pieces) response.write(piece);
    response.end();
  };
}

function json(body: string | Buffer, headers: Record<string, string> = {}): Reply {
  return (response) => response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body);
}

/** The same piece again and again, as fast as it is read, until it is read no more. */
function withoutEnd(piece: string, every = 0): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(chunk({ content: 'It begins. ' }));
    const timer = setInterval(() => response.writableNeedDrain || response.write(piece), every);
    response.on('close', () => clearInterval(timer));
  };
}

const inside = (value: string) => `data: {"id":"c","choices":[],"x":${value}}\n\n`;
const usage = (prompt: unknown, written: unknown) => ({
  usage: { prompt_tokens: prompt, completion_tokens: written, total_tokens: 1 },
});

/** Made once: the machine that serves them is the one that is measured. */
export const REPLIES: Readonly<Record<string, Reply>> = {
  'deep event': events(inside('['.repeat(2_000_000) + ']'.repeat(2_000_000)), DONE),
  'event of lists': events(inside(`[${'[],'.repeat(2_000_000)}1]`), DONE),
  'event of names': events(
    inside(JSON.stringify(Object.fromEntries(Array.from({ length: 200_000 }, (_, at) => [`k${at}`, 1])))),
    DONE,
  ),
  'delta of 7 MB': events(chunk({ content: words(7 * MEGABYTE) }), DONE),
  'event without end': withoutEnd('x'.repeat(65_536)),
  'words without end': withoutEnd(chunk({ content: 'word '.repeat(50) })),
  'nothing without end': withoutEnd(chunk({}), 1),
  'usage without end': withoutEnd(chunk({}, 'stop', usage(1, 1)), 1),
  'comments without end': withoutEnd(': x\n\n', 1),
  '20,000 choices': events(
    ...Array.from(
      { length: 20_000 },
      (_, index) => `data: ${JSON.stringify({ choices: [{ index, delta: { content: 'x' } }] })}\n\n`,
    ),
  ),
  '30,000 calls': events(
    ...Array.from({ length: 30_000 }, (_, index) =>
      chunk({ tool_calls: [{ index, id: `c${index}`, function: { name: 'f', arguments: '{' } }] }),
    ),
  ),
  '50,000 small deltas': events(
    ...Array.from({ length: 50 }, () => chunk({ content: 'a ' }).repeat(1_000)),
    DONE,
  ),
  'half characters': events(chunk({ content: 'x' }).replace('"x"', `"${'\\ud83d'.repeat(500_000)}"`), DONE),
  'counts of 1e300': json(completion('hi', usage(1e300, 1e300))),
  'counts below zero': json(completion('hi', usage(-5, -5))),
  'counts of words': json(completion('hi', usage('many', {}))),
  'counts of millions': json(completion('hi', usage(9_000_000, 9_000_000))),
  '12 MB': json(completion(words(12 * MEGABYTE))),
  '15 MB of lists': json(`{"choices":[${'[],'.repeat(5_000_000)}1]}`),
  'deep reply': json(`{"choices":${'['.repeat(3_000_000)}${']'.repeat(3_000_000)}}`),
  'content of objects': json(completion({ toString: 1 })),
  bomb: json(gzipSync(Buffer.alloc(200 * MEGABYTE)), { 'content-encoding': 'gzip' }),
  'the key': (response, { headers }) =>
    json(completion(`Your key is ${headers.authorization}.`))(response, {} as IncomingMessage),
  'deep error': (response) => response.writeHead(500).end(`{"error":${'['.repeat(30_000)}`),
  'quota in words': (response) =>
    response.writeHead(400).end(JSON.stringify({ error: { message: 'insufficient_quota' } })),
  'half a reply': (response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('{"choices":');
    setTimeout(() => response.destroy(), 50);
  },
  silence: () => {},
};

export interface HostileUpstream {
  readonly url: string;
  close(): void;
}

export async function startHostileUpstream(random: () => number): Promise<HostileUpstream> {
  const server = createServer(async (request, response) => {
    await text(request).catch(() => '');
    response.on('error', () => {});
    pickFrom(Object.values(REPLIES), random)(response, request);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
