/** What a whole server tells its subscribers of: each thing once, with the ids that hold a call's events together. */
import { expect, it } from 'vitest';
import type { Event, EventOf, EventType } from '../../src/events/event.ts';
import type { EventBus } from '../../src/events/event-bus.ts';
import { eventually } from '../helpers/eventually.ts';
import { startGateway } from '../helpers/gateway.ts';

const QUESTION = { prompt: 'write me a function to print hello world' };
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const OF_A_CALL: readonly EventType[] = [
  'request_admitted',
  'cache_checked',
  'attempt_started',
  'attempt_ended',
  'retry',
  'rescue',
  'call_settled',
];
const COOLDOWNS: readonly EventType[] = ['cooldown_started', 'cooldown_ended'];

function listen(events: EventBus, ...listensTo: readonly EventType[]): Event[] {
  const heard: Event[] = [];
  events.subscribe({ name: 'test', listensTo, onEach: (event) => void heard.push(event) });
  return heard;
}
const story = (heard: readonly Event[]) =>
  heard.map((event) => {
    if (event.type === 'attempt_ended') return `${event.provider} ${event.kind}`;
    return event.type === 'cache_checked' ? event.verdict : event.type;
  });

it('a call tells of its admission, the caches, each attempt and its settlement, in this order', async () => {
  const { events, simulator, ask } = await startGateway({ RETRIES: '1' });
  const heard = listen(events, ...OF_A_CALL);
  simulator.always('together', '500');
  await ask(QUESTION, { 'x-request-id': 'mine', traceparent: TRACEPARENT });
  expect(story(heard)).toEqual([
    'request_admitted',
    'miss',
    'attempt_started',
    'together upstream_unavailable',
    'retry',
    'attempt_started',
    'together upstream_unavailable',
    'attempt_started',
    'openai ok',
    'call_settled',
  ]);
  const [admitted] = heard as [EventOf<'request_admitted'>];
  const { record } = heard.at(-1) as EventOf<'call_settled'>;
  expect(admitted).toMatchObject({ requestId: 'mine', door: 'chat', chain: 'default', stream: false });
  expect(admitted.trace).toEqual({ traceparent: TRACEPARENT, tracestate: undefined });
  expect(record).toMatchObject({ id: admitted.callId, trace: admitted.trace });
  expect(record.receipt).toMatchObject({ id: 'mine', door: 'chat', provider: 'openai', cache: 'miss' });
  const ended = heard.filter((event) => event.type === 'attempt_ended');
  expect(ended.map(({ callId, number }) => [callId, number])).toEqual(
    [1, 2, 3].map((n) => [admitted.callId, n]),
  );
  expect(ended.map(({ ended_ms, started_ms }) => (ended_ms ?? -1) >= started_ms)).toEqual([true, true, true]);
  expect(ended.at(-1)!.first_token_ms).toBeGreaterThan(0);
});

it('a hit tells of no attempt, and how old the answer is', async () => {
  const { events, ask } = await startGateway();
  await ask(QUESTION);
  const heard = listen(events, ...OF_A_CALL);
  await ask(QUESTION);
  expect(story(heard)).toEqual(['request_admitted', 'hit', 'call_settled']);
  expect(heard[1]).toMatchObject({ age_ms: expect.any(Number), lookup_ms: expect.any(Number) });
});

it('a stream that breaks and goes on elsewhere tells of its rescue', async () => {
  const { events, simulator, stream } = await startGateway({ RETRIES: '0' });
  const heard = listen(events, 'rescue', 'call_settled');
  simulator.always('together', 'cut');
  const { done } = await stream(QUESTION);
  expect(done).toBe(true);
  expect(story(heard)).toEqual(['rescue', 'call_settled']);
  expect(heard[0]).toMatchObject({ provider: 'together', kind: 'upstream_unavailable' });
});

it('a cooldown tells of its beginning and of its end', async () => {
  const { events, simulator, ask } = await startGateway({
    RETRIES: '0',
    COOLDOWN: '50ms',
    ALLOWED_FAILURES: '1',
  });
  const heard = listen(events, ...COOLDOWNS);
  simulator.always('together', '500');
  await ask(QUESTION);
  expect(heard).toMatchObject([
    { type: 'cooldown_started', scope: 'target', provider: 'together', because: 'upstream_unavailable' },
  ]);
  simulator.always('together', 'ok');
  await eventually(async () => {
    await ask(QUESTION, { 'cache-control': 'no-cache' });
    expect(heard.at(-1)).toMatchObject({ type: 'cooldown_ended', provider: 'together', how: 'recovered' });
  });
});

it('a refused request tells where it went and why, and never a key', async () => {
  const { events, ask, url } = await startGateway();
  const heard = listen(events, 'request_refused', 'request_admitted');
  await ask({ prompt: 5 });
  await fetch(`${url}/models/sk-0123456789abcdef?x=1`, { method: 'PUT' });
  await fetch(`${url}/nowhere`);
  expect(heard).toMatchObject([
    {
      route: '/chat/completions',
      door: 'chat',
      kind: 'invalid_request',
      status: 400,
      duration_ms: expect.any(Number),
    },
    { path: '/models/[redacted]', route: expect.stringContaining('{'), status: 405 },
    { path: '/nowhere', route: undefined, status: 404 },
  ]);
});
