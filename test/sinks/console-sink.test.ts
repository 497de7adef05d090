/** The log line of a request: which requests get one, and what a person reads on a terminal. */
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type ConsoleOptions, consoleSink } from '../../src/sinks/console-sink.ts';
import { callRecord } from '../helpers/call-record.ts';

const ANSWERED = callRecord({ id: 'req_1' });
const FALLBACK = callRecord({
  id: 'req_2',
  attempts: [
    attempt({ target: 'together/codellama', kind: 'upstream_rate_limited', status: 429 }),
    attempt({ target: 'openai/gpt-4', kind: 'ok', status: 200 }),
  ],
});
const FAILED = callRecord({
  id: 'req_3',
  model: null,
  provider: null,
  error: { kind: 'no_target_available', message: 'Nobody could answer.' },
});

/** Writes the records and gives back the lines. */
function lines(options: Partial<ConsoleOptions>, ...records: (typeof ANSWERED)[]) {
  const written: Record<string, unknown>[] = [];
  const log = pino({ base: undefined }, { write: (line: string) => void written.push(JSON.parse(line)) });
  const sink = consoleSink(log, { format: 'json', sample: 1, random: () => 0.5, ...options });
  sink.on(records.map((record) => ({ type: 'call_settled', at: 0, record })));
  return written;
}

function attempt(facts: { target: string; kind: 'ok' | 'upstream_rate_limited'; status: number }) {
  return { ...facts, note: undefined, started_ms: 0, first_token_ms: 100, ended_ms: 200 };
}

describe('sampling', () => {
  it('leaves out lines of requests without a failure, and says its rate on those it keeps', () => {
    expect(lines({ sample: 0.4, random: () => 0.5 }, ANSWERED)).toEqual([]);
    expect(lines({ sample: 0.6, random: () => 0.5 }, ANSWERED)).toMatchObject([
      { request_id: 'req_1', sample: 0.6 },
    ]);
  });

  it('never leaves out a failure or a fallback', () => {
    const kept = lines({ sample: 0 }, ANSWERED, FALLBACK, FAILED);
    expect(kept.map(({ request_id: id }) => id)).toEqual(['req_2', 'req_3']);
  });
});

it('a line for machines is flat, and has the same keys whatever happened', () => {
  const [answered, fallback, failed] = lines({}, ANSWERED, FALLBACK, FAILED);
  expect(Object.keys(failed!)).toEqual(Object.keys(answered!));
  expect(Object.values(fallback!).some((value) => typeof value === 'object' && value !== null)).toBe(false);
  expect(fallback).toMatchObject({
    attempts: 'together/codellama=upstream_rate_limited(429,0.2s); openai/gpt-4=ok(200,0.2s)',
    attempt_count: 2,
  });
  expect(failed).toMatchObject({ status: 503, error_kind: 'no_target_available', level: 40 });
});

it('a request that was refused has the same keys, too', () => {
  const written: Record<string, unknown>[] = [];
  const log = pino({ base: undefined }, { write: (line: string) => void written.push(JSON.parse(line)) });
  const sink = consoleSink(log, { format: 'json', sample: 1, random: () => 0.5 });
  sink.on([
    { type: 'call_settled', at: 0, record: ANSWERED },
    {
      type: 'request_refused',
      at: 0,
      requestId: 'req_4',
      path: '/v1/messages',
      route: '/v1/messages',
      door: 'messages',
      keyId: 'key_1',
      projectId: null,
      agent: 'claude-code',
      kind: 'budget_exceeded',
      status: 402,
      duration_ms: 3,
      trace: undefined,
      fault: undefined,
    },
  ]);
  const [answered, refused] = written;
  expect(Object.keys(refused!)).toEqual(Object.keys(answered!));
  expect(refused).toMatchObject({
    path: '/v1/messages',
    door: 'messages',
    key_id: 'key_1',
    agent: 'claude-code',
    error_kind: 'budget_exceeded',
    status: 402,
    duration_ms: 3,
    chain: null,
    msg: 'refused',
  });
});

it('a line for people is one line, also where a name holds a line feed', () => {
  const [line, failed] = lines(
    { format: 'pretty' },
    callRecord({ id: 'req_1', chain: 'gpt\u001b[2J\n4' }),
    FAILED,
  );
  expect(line!.msg).toBe('200 chat  gpt [2J 4 → openai/gpt-4  miss  1.2s  44+61 tokens  $0.0036  req_1');
  expect(failed!.msg).toMatch(
    /^503 chat {2}default {2}miss .* no_target_available: Nobody could answer\. {2}req_3$/,
  );
});
