import { describe, expect, it } from 'vitest';
import { END } from '../../src/core/chunk-stream.ts';
import { EventChunkStream } from '../../src/providers/event-chunk-stream.ts';
import { ResponseBody } from '../../src/providers/response-body.ts';
import { targetAt } from './support.ts';

/** A connection that remembers what it was told to do. */
function connection() {
  const told: string[] = [];
  const body = new ResponseBody({
    pause: () => told.push('pause'),
    resume: () => told.push('resume'),
    abort: () => told.push('abort'),
  });
  return { body, told };
}

const bytes = (text: string) => Buffer.from(text);

describe('read piece by piece', () => {
  it('gives all that has come, at the reader’s pace', async () => {
    const { body } = connection();
    body.push(bytes('one '));
    body.push(bytes('two'));
    expect(String(body.read())).toBe('one two');
    expect(body.read()).toBeUndefined();
    const news = body.readable();
    body.push(bytes('three'));
    body.end();
    await news;
    expect(String(body.read())).toBe('three');
    expect(body.read()).toBe(END);
  });

  it('stops a provider that is quicker than the reader, until it has read', () => {
    const { body, told } = connection();
    for (let piece = 0; piece < 5; piece++) body.push(Buffer.alloc(20_000));
    expect(told).toContain('pause');
    expect((body.read() as Buffer).length).toBe(100_000);
    expect(told.at(-1)).toBe('resume');
  });

  it('gives what was whole before it says what broke', () => {
    const { body } = connection();
    body.push(bytes('half'));
    body.fail(new Error('reset'));
    expect(String(body.read())).toBe('half');
    expect(() => body.read()).toThrow('reset');
  });

  it('wakes everybody who waits when it breaks', async () => {
    const { body } = connection();
    const both = Promise.all([body.readable(), body.readable()]);
    body.fail(new Error('reset'));
    await both;
    expect(() => body.read()).toThrow('reset');
  });

  it('closes the connection of a reader who leaves early, and only then', async () => {
    const early = connection();
    early.body.close();
    expect(early.told).toEqual(['abort']);
    const late = connection();
    late.body.end();
    late.body.close();
    expect(late.told).toEqual([]);
  });
});

describe('read whole', () => {
  it('is never stopped, and joins characters that were cut between two pieces', async () => {
    const { body, told } = connection();
    const whole = body.text();
    const text = `${'x'.repeat(100_000)}é`;
    for (const half of [bytes(text).subarray(0, 100_001), bytes(text).subarray(100_001)]) body.push(half);
    body.end();
    expect(await whole).toBe(text);
    expect(told).toEqual([]);
  });

  it('leaves a byte order mark out', async () => {
    const { body } = connection();
    body.push(bytes('\uFEFF{}'));
    body.end();
    expect(await body.text()).toBe('{}');
  });

  it('goes on with what was stopped before', async () => {
    const { body, told } = connection();
    body.push(Buffer.alloc(70_000, 'x'));
    const whole = body.text();
    expect(told).toEqual(['pause', 'resume']);
    body.end();
    expect((await whole).length).toBe(70_000);
  });
});

it('events that say nothing, as fast as they are read, leave others their turn; what comes after them is told', async () => {
  const chunk = { choices: [{ index: 0, delta: { content: 'hello' } }] };
  let pings = 0;
  const body: ResponseBody = new ResponseBody({
    pause() {},
    resume: () => body.push(bytes(pings++ < 100 ? ': ping\n\n'.repeat(10_000) : 'data: [1]\n\n')),
    abort() {},
  });
  const events = new EventChunkStream(body, targetAt('http://127.0.0.1', 'vllm'), (_event, found) => {
    found.push(chunk);
    return true;
  });
  body.push(bytes(': ping\n\n'.repeat(10_000)));
  let turns = 0;
  let read = events.read();
  for (; !read; turns++) {
    await events.readable();
    read = events.read();
  }
  expect((read as unknown[])[0]).toMatchObject(chunk);
  expect(pings).toBe(101);
  expect(turns).toBeGreaterThan(20);
});

it('has a turn for each thing that is to be done with an event of megabytes, and none for the short ones around it', async () => {
  const { body } = connection();
  const texts: string[] = [];
  const target = { ...targetAt('http://127.0.0.1', 'vllm'), apiKey: 'the-key-of-the-provider' };
  const events = new EventChunkStream(body, target, ({ data }, found) => {
    if (data === '[DONE]') return true;
    texts.push(data);
    found.push({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [] });
    return false;
  });
  const long = `${'word '.repeat(300_000)}the-key-of-the-provider`;
  body.push(bytes(`data: one\n\ndata: ${long}\n\ndata: two\n\ndata: [DONE]\n\n`));
  const seen: number[] = [];
  for (let read = events.read(); read !== END; read = events.read()) {
    seen.push(texts.length);
    if (!read) await events.readable();
  }
  // A batch, two turns, and a batch of the rest.
  expect(seen).toEqual([1, 1, 3]);
  expect(texts[0]).toBe('one');
  expect(texts[1] === long.replace('the-key-of-the-provider', '[redacted]')).toBe(true);
  expect(texts[2]).toBe('two');
});

describe('left to run out', () => {
  it('keeps the connection when it ends soon', async () => {
    const { body, told } = connection();
    body.runOut();
    body.push(bytes('\n'));
    body.end();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(told).toEqual([]);
  });

  it('also when the events are left after their terminator', async () => {
    const { body, told } = connection();
    const events = new EventChunkStream(body, targetAt('http://127.0.0.1', 'vllm'), () => true);
    body.push(bytes('data: [DONE]\n\n'));
    expect(events.read()).toBe(END);
    events.cancel();
    body.end();
    expect(told).toEqual([]);
  });

  it('closes one that does not', async () => {
    const { body, told } = connection();
    body.runOut();
    await expect.poll(() => told).toEqual(['abort']);
  });
});
