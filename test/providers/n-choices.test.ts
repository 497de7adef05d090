import { expect, it } from 'vitest';
import { Marks } from '../../src/core/json-structure.ts';
import type { ChatRequest } from '../../src/core/openai-types.ts';
import { keepRawBody } from '../../src/core/raw-body.ts';
import { fanOut } from '../../src/providers/n-choices.ts';
import type { Reply } from '../../src/providers/provider.ts';

const MEGABYTE = 1024 * 1024;

/** A body of so many bytes, as it is known to what comes later. */
function bodyOf(bytes: number): object {
  const text = `"${'x'.repeat(bytes - 2)}"`;
  const body = {};
  keepRawBody(body, Buffer.from(text), text, new Marks());
  return body;
}

/** The turns of the event loop in which calls were made. */
async function callsOf(requests: number, bytes: number): Promise<number[]> {
  let turn = 0;
  let isOver = false;
  const count = () => {
    turn += 1;
    if (!isOver) setImmediate(count);
  };
  count();
  const turns: number[] = [];
  const reply = { kind: 'whole', completion: { choices: [] } } as unknown as Reply;
  const one = { messages: [], stream: false } as unknown as ChatRequest;
  const call = { signal: new AbortController().signal, source: bodyOf(bytes) };
  try {
    await fanOut(
      Array.from({ length: requests }, () => one),
      async () => {
        turns.push(turn);
        return reply;
      },
      call,
    );
  } finally {
    isOver = true;
  }
  return turns;
}

it('writes a long body for one choice in each turn of the event loop', async () => {
  expect(new Set(await callsOf(20, MEGABYTE)).size).toBe(20);
});

it('writes a short one for all choices at once', async () => {
  expect(new Set(await callsOf(20, 1_000)).size).toBe(1);
});

it('refuses to keep more bytes than 128 MB for the choices of one request', async () => {
  await expect(callsOf(100, 2 * MEGABYTE)).rejects.toMatchObject({ facts: { unsupported: 'n' } });
});
