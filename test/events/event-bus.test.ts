/** What the bus promises to those who publish and to those who listen. */
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { EventOf, Happening, ImmediateSubscriber, Subscriber } from '../../src/events/event.ts';
import { EventBus } from '../../src/events/event-bus.ts';
import { eventually } from '../helpers/eventually.ts';

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
