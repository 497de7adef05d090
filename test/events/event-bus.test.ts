/** What the bus promises to those who publish and to those who listen. */
import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import type { Event, Subscriber } from '../../src/events/event.ts';
import { EventBus } from '../../src/events/event-bus.ts';

const log = pino({ level: 'silent' });
const refused = (id: string): Event => ({
  type: 'request_refused',
  id,
  path: '/chat/completions',
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
  const batches: (readonly Event[])[] = [];
  const bus = new EventBus([subscriber((events) => void batches.push(events))], log);
  const events = ['1', '2', '3'].map(refused);
  for (const event of events) bus.publish(event);
  expect(batches).toEqual([]);
  await bus.close(1_000);
  expect(batches).toEqual([events]);
});

it('a subscriber hears only what it listens to', () => {
  const bus = new EventBus([subscriber(() => {})], log);
  expect(bus.hasSubscriber('request_refused')).toBe(true);
  expect(bus.hasSubscriber('call_settled')).toBe(false);
});

it('events that would hold too many bytes are dropped, but a single large one gets through', async () => {
  const { promise: hung, resolve: release } = Promise.withResolvers<void>();
  const slow = subscriber(() => hung, { sizeOf: () => 100 * 1024 * 1024 });
  const bus = new EventBus([slow], log);
  bus.publish(refused('first'));
  bus.publish(refused('second'));
  expect(bus.counts().test).toMatchObject({ waiting: 1, dropped: 1 });
  release();
  await vi.waitFor(() => expect(bus.counts().test).toMatchObject({ written: 1, waiting: 0 }));
  bus.publish(refused('third'));
  await bus.close(1_000);
  expect(bus.counts().test).toMatchObject({ written: 2, dropped: 1 });
});

it('one that fails is counted and takes nothing from the others', async () => {
  const heard: string[] = [];
  const bus = new EventBus(
    [
      subscriber(() => Promise.reject(new AggregateError([new Error('one of two')])), { name: 'broken' }),
      subscriber((events) => {
        for (const event of events) heard.push(event.type);
      }),
    ],
    log,
  );
  bus.publish(refused('1'));
  bus.publish(refused('2'));
  await bus.close(1_000);
  expect(bus.counts().broken).toMatchObject({ written: 1, failed: 1 });
  expect(heard).toHaveLength(2);
});
