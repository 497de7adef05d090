import { toDollars } from '../core/money.ts';
import type { Event, EventOf, EventType, ImmediateSubscriber } from '../events/event.ts';
import { statusOf } from '../events/outcome.ts';
import type { CallRecord, Receipt } from '../events/receipt.ts';
import type { CounterSeries, HistogramSeries, Snapshot } from './instruments.ts';
import { ModelLabels } from './model-labels.ts';
import { requestInstruments } from './request-instruments.ts';

const TOKEN_CLASSES = ['input', 'cached_input', 'cache_write', 'output', 'reasoning'] as const;
/** Combinations of labels whose series are remembered; others are looked up one by one. */
const MAX_REMEMBERED = 1_000;

/** The series that one kind of call counts in. */
interface CallSeries {
  readonly requests: CounterSeries;
  readonly duration: HistogramSeries;
  readonly firstToken: HistogramSeries;
  readonly perToken: HistogramSeries;
  readonly tokens: Readonly<Record<(typeof TOKEN_CLASSES)[number], CounterSeries>>;
  readonly cost: CounterSeries;
  readonly unpriced: CounterSeries;
}

/** What is counted of requests and their attempts: a few microseconds of each request, so series are looked up once. */
export class RequestMetrics implements ImmediateSubscriber {
  readonly name = 'metrics';
  readonly listensTo: readonly EventType[] = [
    'request_admitted',
    'call_settled',
    'request_refused',
    'retry',
    'rescue',
    'cooldown_started',
    'config_changed',
    'config_rejected',
    'ledger_row_lost',
    'store_unavailable',
    'store_available',
  ];
  readonly #instruments = requestInstruments();
  readonly #models: ModelLabels;
  readonly #remembered = new Map<string, CallSeries>();
  /** What calls in flight hold of budgets, in nano-dollars, by call. */
  readonly #held = new Map<string, number>();
  readonly #unavailable = new Set<string>();

  /** @param configuredIds `provider/model` of every configured target */
  constructor(configuredIds: () => Iterable<string>) {
    this.#models = new ModelLabels(configuredIds);
    // So that their increase is seen from the first on.
    this.#instruments.lostRows.with();
    for (const outcome of ['changed', 'rejected']) this.#instruments.configurations.with(outcome);
  }

  onEach(event: Event): void {
    if (event.type === 'call_settled') return this.#settled(event.record);
    if (event.type === 'request_admitted') {
      if (event.hold > 0) this.#held.set(event.callId, event.hold);
    } else if (event.type === 'request_refused') this.#refused(event);
    else this.#rare(event);
  }

  /** Dollars held of budgets for calls in flight, as they were held when the calls were admitted. */
  get heldUsd(): number {
    let sum = 0;
    for (const hold of this.#held.values()) sum += hold;
    return toDollars(sum);
  }

  /** PostgreSQL or Redis, while they cannot be reached. */
  get unavailableStores(): ReadonlySet<string> {
    return this.#unavailable;
  }

  snapshots(): Snapshot[] {
    return Object.values(this.#instruments).map((family) => family.snapshot());
  }

  #settled({ id, receipt, cost }: CallRecord): void {
    if (this.#held.size > 0) this.#held.delete(id);
    const series = this.#seriesOf(receipt);
    // Those who join a call in flight have its attempts in their receipts, too.
    const isCall = receipt.cache !== 'coalesced';
    for (const { target, kind } of isCall ? receipt.attempts : []) {
      const slash = target.indexOf('/');
      const provider = target.slice(0, slash);
      const model = this.#models.of(provider, target.slice(slash + 1), kind === 'ok');
      this.#instruments.attempts.with(provider, model, kind).value += 1;
    }
    series.requests.value += 1;
    series.duration.observe(receipt.duration_ms / 1000);
    if (receipt.error) this.#instruments.failures.with(receipt.door, receipt.error.kind).value += 1;
    if (receipt.stream && receipt.ttft_ms !== null) series.firstToken.observe(receipt.ttft_ms / 1000);
    if (!isCall) return;
    const { usage } = receipt;
    for (const name of TOKEN_CLASSES) if (usage[name] > 0) series.tokens[name].value += usage[name];
    if (cost === null) series.unpriced.value += 1;
    else series.cost.value += cost;
    const written = usage.output + usage.reasoning;
    if (receipt.stream && receipt.ttft_ms !== null && written > 1 && !receipt.error)
      series.perToken.observe((receipt.duration_ms - receipt.ttft_ms) / 1000 / (written - 1));
  }

  #refused({ door, kind, status }: EventOf<'request_refused'>): void {
    this.#instruments.requests.with(door ?? 'other', '', '', String(status), '').value += 1;
    this.#instruments.failures.with(door ?? 'other', kind).value += 1;
  }

  #rare(event: Event): void {
    if (event.type === 'retry') this.#instruments.retries.with(event.provider, event.kind).value += 1;
    else if (event.type === 'rescue') this.#instruments.rescues.with(event.provider, event.kind).value += 1;
    else if (event.type === 'cooldown_started')
      this.#instruments.cooldowns.with(event.provider, event.scope, event.because).value += 1;
    else if (event.type === 'config_changed') {
      this.#models.forgetConfigured();
      this.#instruments.configurations.with('changed').value += 1;
    } else if (event.type === 'config_rejected') this.#instruments.configurations.with('rejected').value += 1;
    else if (event.type === 'ledger_row_lost') this.#instruments.lostRows.with().value += 1;
    else if (event.type === 'store_unavailable') this.#unavailable.add(event.store);
    else if (event.type === 'store_available') this.#unavailable.delete(event.store);
  }

  #seriesOf(receipt: Receipt): CallSeries {
    const { door, stream, cache } = receipt;
    const provider = receipt.provider ?? '';
    const status = String(statusOf(receipt));
    const model =
      receipt.model === null ? '' : this.#models.of(provider, receipt.model, receipt.error === null);
    const key = `${door}\n${provider}\n${model}\n${status}\n${cache}\n${stream}`;
    const known = this.#remembered.get(key);
    if (known) return known;
    const tokens = (name: string) => this.#instruments.tokens.with(provider, model, name);
    const series: CallSeries = {
      requests: this.#instruments.requests.with(door, provider, model, status, cache),
      duration: this.#instruments.durations.with(door, provider, String(stream)),
      firstToken: this.#instruments.firstTokens.with(provider, model),
      perToken: this.#instruments.perToken.with(provider, model),
      tokens: {
        input: tokens('input'),
        cached_input: tokens('cached_input'),
        cache_write: tokens('cache_write'),
        output: tokens('output'),
        reasoning: tokens('reasoning'),
      },
      cost: this.#instruments.costs.with(provider, model),
      unpriced: this.#instruments.unpriced.with(provider, model),
    };
    if (this.#remembered.size < MAX_REMEMBERED) this.#remembered.set(key, series);
    return series;
  }
}
