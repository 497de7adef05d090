/** What the bus promises to those who publish and to those who listen. */
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { EventOf, Happening, ImmediateSubscriber, Subscriber } from '../../src/events/event.ts';
import { EventBus } from '../../src/events/event-bus.ts';
import { eventually } from '../helpers/eventually.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const log = pino({ level: 'silent' });
const refused = (requestId: string): Happening => ({
  type: 'request_refused',
  requestId,
  path: '/chat/completions',
  route: '/chat/completions',
  door: 'chat',
  keyId: null,
  projectId: null,
  duration_ms: 1,
  trace: undefined,
  kind: 'invalid_request',
  status: 400,
  fault: undefined,
});
const subscriber = (on: Subscriber['on'], more: Partial<Subscriber> = {}): Subscriber => ({
  name: 'test',
  listensTo: ['request_refused'],
  on,
  ...more,
});

it('events of one turn arrive together and in order', async () => {
  const batches: (readonly object[])[] = [];
  const bus = new EventBus(log, [subscriber((events) => void batches.push(events))]);
  const events = ['1', '2', '3'].map(refused);
  for (const event of events) bus.publish(event);
  expect(batches).toEqual([]);
  await bus.close(1_000);
  expect(batches).toEqual([events.map((event) => ({ ...event, at: expect.any(Number) }))]);
});

it('an event has the time of the clock that the bus was given', () => {
  const clock = new ManualClock();
  const times: number[] = [];
  const counter = { ...subscriber(() => {}), onEach: ({ at }: { at: number }) => void times.push(at) };
  const bus = new EventBus(log, [counter], clock);
  bus.publish(refused('1'));
  clock.advance(5_000);
  bus.publish(refused('2'));
  expect(times).toEqual([clock.now() - 5_000, clock.now()]);
});

it('of one that is down the log is told now and then, and not at every event', () => {
  const clock = new ManualClock();
  const lines: string[] = [];
  const broken: ImmediateSubscriber = {
    name: 'broken',
    listensTo: ['request_refused'],
    onEach: () => {
      throw new Error('down');
    },
  };
  const bus = new EventBus(pino({}, { write: (line) => void lines.push(line) }), [broken], clock);
  for (const id of ['1', '2', '3']) bus.publish(refused(id));
  expect(lines).toHaveLength(1);
  clock.advance(10_000);
  bus.publish(refused('4'));
  expect(lines).toHaveLength(2);
});

it('who waits for what hangs waits no longer than was said', async () => {
  const clock = new ManualClock({ skips: true });
  const bus = new EventBus(log, [subscriber(() => new Promise(() => {}))], clock);
  bus.publish(refused('1'));
  const from = clock.elapsed();
  await bus.quiet(1_000);
  expect(clock.elapsed() - from).toBe(1_000);
});

it('a subscriber hears only what it listens to', () => {
  const bus = new EventBus(log, [subscriber(() => {})]);
  expect(bus.isHeard.request_refused).toBe(true);
  expect(bus.isHeard.call_settled).toBeFalsy();
});

it('events that would hold too many bytes are dropped, but a single large one gets through', async () => {
  const { promise: hung, resolve: release } = Promise.withResolvers<void>();
  const slow = subscriber(() => hung, { sizeOf: () => 100 * 1024 * 1024 });
  const bus = new EventBus(log, [slow]);
  bus.publish(refused('first'));
  bus.publish(refused('second'));
  expect(bus.counts().test).toMatchObject({ waiting: 1, dropped: 1 });
  release();
  await eventually(() => expect(bus.counts().test).toMatchObject({ written: 1, waiting: 0 }));
  bus.publish(refused('third'));
  await bus.close(1_000);
  expect(bus.counts().test).toMatchObject({ written: 2, dropped: 1 });
});

it('one that fails is counted and takes nothing from the others', async () => {
  const heard: string[] = [];
  const bus = new EventBus(log, [
    subscriber(() => Promise.reject(new AggregateError([new Error('one of two')])), { name: 'broken' }),
    subscriber((events) => {
      for (const event of events) heard.push(event.type);
    }),
  ]);
  bus.publish(refused('1'));
  bus.publish(refused('2'));
  await bus.close(1_000);
  expect(bus.counts().broken).toMatchObject({ written: 1, failed: 1 });
  expect(heard).toHaveLength(2);
});

it('one may come and go while the server runs', async () => {
  const bus = new EventBus(log);
  const heard: string[] = [];
  const leave = bus.subscribe(subscriber((events) => void heard.push(...events.map(({ type }) => type))));
  bus.publish(refused('1'));
  await eventually(() => expect(heard).toHaveLength(1));
  leave();
  expect(bus.isHeard.request_refused).toBe(false);
  bus.publish(refused('2'));
  await bus.close(1_000);
  expect(heard).toHaveLength(1);
});

it('one that counts hears at once, and what it throws harms neither the publisher nor the others', () => {
  const bus = new EventBus(log);
  const heard: string[] = [];
  const counter = (onEach: ImmediateSubscriber['onEach']): ImmediateSubscriber => ({
    name: 'counter',
    listensTo: ['request_refused'],
    onEach,
  });
  bus.subscribe(
    counter(() => {
      throw new Error('broken');
    }),
  );
  bus.subscribe(counter((event) => void heard.push((event as EventOf<'request_refused'>).requestId)));
  bus.publish(refused('1'));
  expect(heard).toEqual(['1']);
});
