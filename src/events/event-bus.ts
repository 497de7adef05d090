/**
 * Hands events to subscribers: to most in the background, through a bounded queue for each, so that a slow one loses only
 * its own; to those that count, at once.
 */
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../core/clock.ts';
import type { Event, Events, EventType, Happening, ImmediateSubscriber, Subscriber } from './event.ts';
import { Lane } from './lane.ts';

/** Milliseconds between complaints about one subscriber: one that is down must not fill the log. */
const COMPLAIN_EVERY = 10_000;
/** Milliseconds between looks at whether all has been handed over. */
const LOOK_EVERY = 10;

interface Counts {
  readonly written: number;
  readonly failed: number;
  readonly tooLarge: number;
  readonly dropped: number;
  readonly waiting: number;
}

/** What a subscriber throws is counted and logged, and reaches nobody else. */
export class EventBus implements Events {
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #lanes = new Set<Lane>();
  readonly #receivers = new Map<EventType, readonly ImmediateSubscriber[]>();
  readonly #complainedAt = new Map<string, number>();
  /** Kept as plain booleans: what nobody listens to costs its publisher one look. */
  readonly isHeard: Partial<Record<EventType, boolean>> = {};

  constructor(
    log: Logger,
    subscribers: readonly (Subscriber | ImmediateSubscriber)[] = [],
    clock: Clock = systemClock,
  ) {
    this.#log = log;
    this.#clock = clock;
    for (const subscriber of subscribers) this.subscribe(subscriber);
  }

  /** @returns what ends the subscription; what its queue still holds is dropped then */
  subscribe(subscriber: Subscriber | ImmediateSubscriber): () => void {
    if ('onEach' in subscriber) return this.#add(subscriber);
    const lane = new Lane(subscriber, (reason) => this.#complain(subscriber.name, reason, lane));
    this.#lanes.add(lane);
    const remove = this.#add(lane);
    return () => {
      remove();
      lane.clear();
      this.#lanes.delete(lane);
    };
  }

  readonly publish = (happening: Happening): void => {
    const receivers = this.#receivers.get(happening.type);
    if (!receivers?.length) return;
    const event: Event = { ...happening, at: this.#clock.now() };
    for (const receiver of receivers) {
      try {
        receiver.onEach(event);
      } catch (error) {
        this.#complain(receiver.name, error);
      }
    }
  };

  /** Events written, failed, too large, dropped and waiting, by subscriber. */
  counts(): Record<string, Counts> {
    return Object.fromEntries([...this.#lanes].map((lane) => [lane.name, lane.counts()]));
  }

  /** Resolves when all that waits has been handed over, or after so many milliseconds. */
  async quiet(milliseconds: number): Promise<void> {
    const deadline = this.#clock.elapsed() + milliseconds;
    while ([...this.#lanes].some(({ isBusy }) => isBusy) && this.#clock.elapsed() < deadline)
      await this.#clock.sleep(LOOK_EVERY);
  }

  /** Hands over what waits, for at most `milliseconds`, then closes the subscribers, all at once. */
  async close(milliseconds: number): Promise<void> {
    await this.quiet(milliseconds);
    const closing = [...this.#lanes].map((lane) => {
      const { waiting: lost } = lane.counts();
      if (lost > 0) this.#log.warn({ sink: lane.name, lost }, 'records not written');
      return lane.close().catch(() => {});
    });
    await Promise.all(closing);
  }

  #add(receiver: ImmediateSubscriber): () => void {
    for (const type of receiver.listensTo) this.#set(type, [...(this.#receivers.get(type) ?? []), receiver]);
    return () => {
      for (const type of receiver.listensTo)
        this.#set(
          type,
          this.#receivers.get(type)!.filter((one) => one !== receiver),
        );
    };
  }

  #set(type: EventType, receivers: readonly ImmediateSubscriber[]): void {
    this.#receivers.set(type, receivers);
    this.isHeard[type] = receivers.length > 0;
  }

  #complain(name: string, error: unknown, lane?: Lane): void {
    const now = this.#clock.elapsed();
    if (now - (this.#complainedAt.get(name) ?? Number.NEGATIVE_INFINITY) < COMPLAIN_EVERY) return;
    this.#complainedAt.set(name, now);
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, 300);
    const { failed, tooLarge, dropped } = lane?.counts() ?? {};
    this.#log.warn(
      { sink: name, failed, too_large: tooLarge, dropped, reason },
      'sink did not take a record',
    );
  }
}
