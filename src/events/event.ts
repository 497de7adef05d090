/**
 * What happens in the server, for whoever wants to know: one union, fed at the places where it happens. Metrics, traces,
 * alerts, the log and pages are subscribers of it; docs/architecture.md says how to become one.
 *
 * Times ending in `_ms` are milliseconds, those of a request's parts since it arrived, as in its receipt. A `reason` is in
 * the words of databases and clients, with our secrets taken out.
 */
import type { NanoDollars } from '../core/money.ts';
import type { FailureKind } from '../failures/failure-table.ts';
import type { Attempt, CacheVerdict, CallRecord, TraceContext } from './receipt.ts';

/** Which call an event belongs to. */
export interface CallIds {
  /** What the caller was told; may be the caller's own choice, and used twice. */
  readonly requestId: string;
  /** Unique: the id of the ledger's row. */
  readonly callId: string;
}

/** One try of one target. */
interface AttemptFacts extends CallIds {
  /** Counts from 1 within the call. */
  readonly number: number;
  /** `provider/model`. */
  readonly target: string;
  readonly provider: string;
  readonly model: string;
  readonly started_ms: number;
}

interface CooldownFacts {
  readonly scope: 'target' | 'provider key';
  /** `provider/model` of the target that failed or answered; a provider key may have others. */
  readonly target: string;
  readonly provider: string;
}

interface Request {
  /** Limits have been checked and money is reserved: from here on exactly one `call_settled` follows. */
  readonly request_admitted: CallIds & {
    /** The name of the API format: `chat`, `messages`, `responses` … */
    readonly door: string;
    readonly chain: string;
    readonly stream: boolean;
    readonly keyId: string | null;
    readonly projectId: string | null;
    readonly user: string | null;
    readonly hold: NanoDollars;
    /** Milliseconds since the epoch. */
    readonly arrivedOn: number;
    readonly trace: TraceContext | undefined;
  };
  /** A request that was not admitted, and so has no receipt. */
  readonly request_refused: {
    readonly requestId: string;
    /** As it was asked for: anything a caller may write. */
    readonly path: string;
    /** The path of the endpoint, with its `{parameters}`: one of a few; absent for a path that no endpoint has. */
    readonly route: string | undefined;
    /** The name of the API format, where the request is for a model. */
    readonly door: string | undefined;
    /** Absent where the caller is not known. */
    readonly keyId: string | null;
    readonly projectId: string | null;
    /** The program that asked and its session, as far as its headers say; absent for routes that are Express's. */
    readonly agent?: string | null;
    readonly session?: string | null;
    readonly kind: FailureKind;
    readonly status: number;
    /** Absent for routes that are Express's. */
    readonly duration_ms: number | undefined;
    readonly trace: TraceContext | undefined;
    /** What lies behind a fault of ours, for the log alone. */
    readonly fault: { readonly cause: unknown } | undefined;
  };
  /** The caches have been asked, and the calls in flight. */
  readonly cache_checked: CallIds & {
    readonly verdict: CacheVerdict;
    /** Since the answer was stored, for a hit. */
    readonly age_ms: number | undefined;
    /** What looking took; absent for a bypass. */
    readonly lookup_ms: number | undefined;
  };
  /** Somebody says how good the answer to a call was, a while after it. */
  readonly request_scored: CallIds & {
    /** What was scored. */
    readonly name: string;
    /** From 0 to 100. */
    readonly score: number;
  };
  /** A call that is over: its row is in the ledger. The record has door, cost, tokens and all attempts; its status is `statusOf(receipt)`. */
  readonly call_settled: { readonly record: CallRecord };
}

interface Attempts {
  readonly attempt_started: AttemptFacts;
  /** Also for a target that was left out while it cools (`cooling`), and the slower of two (`hedge_lost`). */
  readonly attempt_ended: AttemptFacts &
    Pick<Attempt, 'kind' | 'status' | 'note' | 'first_token_ms' | 'ended_ms'>;
  /** The same target is tried again after a wait. */
  readonly retry: CallIds & {
    readonly target: string;
    readonly provider: string;
    readonly kind: FailureKind;
    readonly after_ms: number;
  };
  /** A stream broke after its first words, and another target is asked to go on. */
  readonly rescue: CallIds & {
    readonly target: string;
    readonly provider: string;
    readonly kind: FailureKind;
  };
}

interface Cooldowns {
  /** Also when a cooldown grows. */
  readonly cooldown_started: CooldownFacts & {
    readonly because: FailureKind;
    /** Milliseconds since the epoch. */
    readonly until: number;
  };
  readonly cooldown_ended: CooldownFacts & {
    /** A call went through, or an administrator ended it. */
    readonly how: 'recovered' | 'lifted';
  };
}

interface Server {
  readonly server_started: { readonly url: string };
  /** No new calls are taken; those in flight may end. */
  readonly server_draining: { readonly inFlight: number };
  /** Everything is settled; the last event. */
  readonly server_stopped: Record<never, never>;
  /** Names that were added, removed and changed, by what they name. */
  readonly config_changed: { readonly changes: Readonly<Record<string, readonly string[]>> };
  /** A new configuration is not valid: the old one stays. */
  readonly config_rejected: { readonly problems: readonly string[] };
  /** Rows of the ledger wait in memory, as the disk takes none. */
  readonly ledger_failing: { readonly reason: string };
  readonly ledger_recovered: Record<never, never>;
  /** Too many rows waited: money is spent of which nothing is known. */
  readonly ledger_row_lost: { readonly requestId: string };
  /** Another server that ours uses cannot be reached; told once for each outage. */
  readonly store_unavailable: { readonly store: 'postgresql' | 'redis'; readonly reason: string };
  readonly store_available: { readonly store: 'postgresql' | 'redis' };
}

type Facts = Request & Attempts & Cooldowns & Server;

/** The types of events, by which subscribers say what they listen to. */
export type EventType = keyof Facts;

/** What is published. */
export type Happening = { [Type in EventType]: { readonly type: Type } & Facts[Type] }[EventType];

/** What subscribers get. `at`: when it was published, in milliseconds since the epoch. */
export type Event = Happening & { readonly at: number };

/** An event of one type, with its own fields. */
export type EventOf<Type extends EventType> = Extract<Event, { readonly type: Type }>;

/** Learns of events after they happened: it can never hold a caller up. */
export interface Subscriber {
  readonly name: string;
  readonly listensTo: readonly EventType[];
  /** Events at a time; 100 without it. */
  readonly maxBatch?: number;
  /** Events that may wait, the others are dropped and counted; 1000 without it. */
  readonly maxQueue?: number;
  /**
   * Gets what happened since it was last asked, one batch after the other. A rejection is counted and logged, nothing
   * else; an `AggregateError` counts for as many events as it has errors, a `TooLargeError` for itself.
   */
  on(events: readonly Event[]): Promise<void> | void;
  /** Bytes that a waiting event keeps alive, about; only for subscribers that may take long. */
  sizeOf?(event: Event): number;
  close?(): Promise<void>;
}

/** Counts events there and then, inside the request: for gauges and counters that must never miss one. */
export interface ImmediateSubscriber {
  readonly name: string;
  readonly listensTo: readonly EventType[];
  /** Must take microseconds. What it throws is counted and logged, nothing else. */
  onEach(event: Event): void;
}

/** Publishes an event. Never throws and never waits. */
export type Tell = (happening: Happening) => void;

/** Where events are published. */
export interface Events {
  /** Asked before an event is made, so that none is made for nobody. */
  readonly isHeard: Readonly<Partial<Record<EventType, boolean>>>;
  readonly publish: Tell;
}
