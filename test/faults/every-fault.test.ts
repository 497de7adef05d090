/**
 * Every fault a provider can have, one line each: Together has it, always; the others are well. What the caller sees,
 * whom the request asked, and what the receipt says, for whole answers and for streams.
 */
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/environment.ts';
import { faultCatalogue } from '../../src/simulator/faults.ts';
import { type Answer, type Streamed, startGateway } from '../helpers/gateway.ts';
import { impatientWith } from '../helpers/impatience.ts';
import { receiptsOf } from '../helpers/receipts.ts';

const QUESTION = { prompt: 'write me a function to print hello world' };
const SETTINGS: Environment = { CACHE_TTL: '0', RETRIES: '1' };

interface Expected {
  /** T(ogether), O(penAI), A(nthropic), in the order they were asked. */
  readonly asked: string;
  /** The kind of each attempt. */
  readonly kinds: string;
  /** `whole`: all of the answer; `stitched`: the same, by two models; else the code of a clean error. */
  readonly sees: string;
}

const line = (asked: string, kinds: string, sees = 'whole'): Expected => ({ asked, kinds, sees });

const ANSWERS = line('T', 'ok');
const nextModel = (kind: string) => line('TO', `${kind} ok`);
const retried = line('TTO', 'upstream_unavailable upstream_unavailable ok');
const refused = (kind: string) => line('T', kind, kind);
const stitched = (kind: string) => line('TO', `${kind} ok`, 'stitched');
/** gpt-4's window is smaller than CodeLlama's, so that asking it would be no use. */
const LARGER_WINDOW = line('TA', 'context_length_exceeded ok');
const GONE = line('TTO', 'model_gone model_gone ok');
const both = (expected: Expected): [Expected, Expected] => [expected, expected];

/** Fault: [whole, streamed]. */
const TABLE: Record<string, [whole: Expected, streamed: Expected]> = {
  ok: both(ANSWERS),
  '400': both(refused('upstream_bad_request')),
  '401': both(nextModel('upstream_unauthorized')),
  '402': both(nextModel('upstream_quota')),
  '403': both(nextModel('target_refused')),
  '404': both(nextModel('target_refused')),
  '408': both(retried),
  '409': both(retried),
  '413': both(LARGER_WINDOW),
  '422': both(refused('upstream_bad_request')),
  '429': both(nextModel('upstream_rate_limited')),
  '500': both(retried),
  '502': both(retried),
  '503': both(retried),
  '504': both(retried),
  '529': both(retried),
  quota: both(nextModel('upstream_quota')),
  spend_limit: both(nextModel('upstream_quota')),
  context_length: both(LARGER_WINDOW),
  // The provider's own code, which clients act on.
  content_filter: both(line('T', 'content_filtered', 'content_filter')),
  gone: both(GONE),
  not_serverless: both(GONE),
  bad_key: both(nextModel('upstream_unauthorized')),
  reset: both(retried),
  hang: both(nextModel('upstream_timeout')),
  stall: both(nextModel('upstream_timeout')),
  stall_mid: [nextModel('upstream_timeout'), stitched('upstream_timeout')],
  cut: [retried, stitched('upstream_unavailable')],
  'no_finish:3': [nextModel('upstream_malformed'), stitched('upstream_unavailable')],
  no_done: both(ANSWERS),
  error_event: [retried, stitched('upstream_unavailable')],
  rate_limit_event: [nextModel('upstream_rate_limited'), stitched('upstream_rate_limited')],
  malformed_event: [nextModel('upstream_malformed'), stitched('upstream_malformed')],
  html502: both(retried),
  html200: both(nextModel('upstream_malformed')),
  empty: [nextModel('upstream_malformed'), retried],
  empty_answer: both(nextModel('upstream_malformed')),
  truncated_json: [nextModel('upstream_malformed'), stitched('upstream_malformed')],
  not_json: both(nextModel('upstream_malformed')),
  length: both(line('T', 'ok', 'length')),
  no_usage: both(ANSWERS),
  cached: both(ANSWERS),
  'slow:5': both(ANSWERS),
  one_byte: both(ANSWERS),
  crlf: both(ANSWERS),
  eos: both(ANSWERS),
  // Faults of a continuation: see the next test.
  overlap: both(ANSWERS),
  restart: both(ANSWERS),
};

it('the table has every fault there is', () => {
  expect(new Set(Object.keys(TABLE).map((fault) => fault.split(':')[0]))).toEqual(
    new Set(faultCatalogue.map(({ name }) => name)),
  );
});

const { text: WHOLE } = await once();

describe.each(['whole', 'streamed'] as const)('%s', (form) => {
  it.concurrent.for(Object.entries(TABLE))('%s', async ([fault, [whole, streamed]], { onTestFinished }) => {
    const expected = form === 'whole' ? whole : streamed;
    const settings = { ...SETTINGS, ...impatientWith('codellama', fault) };
    const gateway = await startGateway(settings, {}, onTestFinished);
    gateway.simulator.always('together', fault);
    const reply = form === 'whole' ? await gateway.ask(QUESTION) : await gateway.stream(QUESTION);
    expect(seen(reply)).toBe(expected.sees);
    const [receipt] = await receiptsOf(gateway, 1);
    expect(receipt!.attempts.map(({ kind }) => kind).join(' ')).toBe(expected.kinds);
    expect(receipt!.stitched).toBe(expected.sees === 'stitched');
    const asked = gateway.simulator.calls.map(({ provider }) => provider[0]!.toUpperCase()).join('');
    expect(asked).toBe(expected.asked);
  });
});

describe('a continuation that', () => {
  it.each([
    ['repeats the last words', 'overlap:3'],
    ['starts over', 'restart'],
    ['is whole and exact', 'ok'],
  ])('%s is joined without a seam', async (_name, fault) => {
    const gateway = await startGateway(SETTINGS);
    gateway.simulator.always('together', 'cut:5');
    gateway.simulator.always('openai', fault);
    expect(seen(await gateway.stream(QUESTION))).toBe('stitched');
  });
});

/** What a caller can tell; anything else is a defect and fails the test with itself. */
function seen(reply: Answer | Streamed): string {
  const isStream = 'chunks' in reply;
  const error = isStream ? reply.error : reply.body.error;
  if (error) {
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(error.message.length).toBeGreaterThan(10);
    return error.code;
  }
  expect(reply.status).toBe(200);
  if (isStream) expect(reply.done).toBe(true);
  const choice = isStream
    ? reply.chunks.flatMap(({ choices }) => choices).findLast(({ finish_reason: reason }) => reason)
    : reply.body.choices[0];
  if (choice?.finish_reason === 'length') return 'length';
  expect(reply.text).toBe(WHOLE);
  const isStitched = isStream && reply.chunks.some((chunk) => 'x_stitched' in chunk);
  return isStitched ? 'stitched' : 'whole';
}

/** The answer as a model that is well gives it. */
async function once(): Promise<{ text: string }> {
  const { startSimulator } = await import('../../src/simulator/simulator.ts');
  const simulator = await startSimulator();
  const response = await fetch(`${simulator.baseUrls.openai}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer key' },
    body: JSON.stringify({ model: 'gpt-4', messages: [{ role: 'user', content: QUESTION.prompt }] }),
  });
  const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
  await simulator.close();
  return { text: choices[0]!.message.content };
}
