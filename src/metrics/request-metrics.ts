import { toDollars } from '../core/money.ts';
import type { Event, EventOf, EventType, ImmediateSubscriber } from '../events/event.ts';
import { statusOf } from '../events/outcome.ts';
import type { CallRecord, Receipt } from '../events/receipt.ts';
import {
  Counter,
  type CounterSeries,
  Histogram,
  type HistogramSeries,
  type Snapshot,
} from './instruments.ts';
import { ModelLabels } from './model-labels.ts';

/** Seconds. Answers take from milliseconds (the cache) to minutes (models that think). */
const DURATIONS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
/** Seconds. */
const FIRST_TOKENS = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];
/** Seconds: from 400 tokens a second to one. */
const PER_TOKEN = [0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1];
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
  readonly #models: ModelLabels;
  readonly #remembered = new Map<string, CallSeries>();
  /** What calls in flight hold of budgets, in nano-dollars, by call. */
  readonly #held = new Map<string, number>();
  readonly #unavailable = new Set<string>();

  readonly #requests = new Counter('codellama_requests_total', 'Requests that have ended', [
    'door',
    'provider',
    'model',
    'status',
    'cache',
  ]);
  readonly #failures = new Counter('codellama_request_failures_total', 'Requests that failed, by kind', [
    'door',
    'kind',
  ]);
  readonly #durations = new Histogram(
    'codellama_request_duration_seconds',
    'From arrival to the end of the answer',
    ['door', 'provider', 'stream'],
    DURATIONS,
  );
  readonly #firstTokens = new Histogram(
    'codellama_time_to_first_token_seconds',
    'From arrival to the first token of a stream',
    ['provider', 'model'],
    FIRST_TOKENS,
  );
  readonly #perToken = new Histogram(
    'codellama_time_per_output_token_seconds',
    'Between two tokens of a stream, on average',
    ['provider', 'model'],
    PER_TOKEN,
  );
  readonly #tokens = new Counter('codellama_tokens_total', 'Tokens that were paid for, by class', [
    'provider',
    'model',
    'class',
  ]);
  readonly #costs = new Counter(
    'codellama_cost_usd_total',
    'US dollars spent at providers',
    ['provider', 'model'],
    1e9,
  );
  readonly #unpriced = new Counter(
    'codellama_unpriced_requests_total',
    'Requests whose price is unknown, which the cost leaves out',
    ['provider', 'model'],
  );
  readonly #attempts = new Counter('codellama_attempts_total', 'Tries of a target, by how they ended', [
    'provider',
    'model',
    'kind',
  ]);
  readonly #retries = new Counter('codellama_retries_total', 'Further tries of the same target', [
    'provider',
    'kind',
  ]);
  readonly #rescues = new Counter(
    'codellama_rescues_total',
    'Broken streams that another target went on with',
    ['provider', 'kind'],
  );
  readonly #cooldowns = new Counter('codellama_cooldowns_total', 'Cooldowns that began or grew', [
    'provider',
    'scope',
    'kind',
  ]);
  readonly #configurations = new Counter(
    'codellama_config_reloads_total',
    'Edits of the configuration file, taken up or rejected',
    ['outcome'],
  );
  readonly #lostRows = new Counter('codellama_ledger_lost_rows_total', 'Ledger rows that were lost', []);

  /** @param configuredIds `provider/model` of every configured target */
  constructor(configuredIds: () => Iterable<string>) {
    this.#models = new ModelLabels(configuredIds);
    // So that their increase is seen from the first on.
    this.#lostRows.with();
    for (const outcome of ['changed', 'rejected']) this.#configurations.with(outcome);
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
    return [
      this.#requests,
      this.#failures,
      this.#durations,
      this.#firstTokens,
      this.#perToken,
      this.#tokens,
      this.#costs,
      this.#unpriced,
      this.#attempts,
      this.#retries,
      this.#rescues,
      this.#cooldowns,
      this.#configurations,
      this.#lostRows,
    ].map((family) => family.snapshot());
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
      this.#attempts.with(provider, model, kind).value += 1;
    }
    series.requests.value += 1;
    series.duration.observe(receipt.duration_ms / 1000);
    if (receipt.error) this.#failures.with(receipt.door, receipt.error.kind).value += 1;
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
    this.#requests.with(door ?? 'other', '', '', String(status), '').value += 1;
    this.#failures.with(door ?? 'other', kind).value += 1;
  }

  #rare(event: Event): void {
    if (event.type === 'retry') this.#retries.with(event.provider, event.kind).value += 1;
    else if (event.type === 'rescue') this.#rescues.with(event.provider, event.kind).value += 1;
    else if (event.type === 'cooldown_started')
      this.#cooldowns.with(event.provider, event.scope, event.because).value += 1;
    else if (event.type === 'config_changed') {
      this.#models.forgetConfigured();
      this.#configurations.with('changed').value += 1;
    } else if (event.type === 'config_rejected') this.#configurations.with('rejected').value += 1;
    else if (event.type === 'ledger_row_lost') this.#lostRows.with().value += 1;
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
    const tokens = (name: string) => this.#tokens.with(provider, model, name);
    const series: CallSeries = {
      requests: this.#requests.with(door, provider, model, status, cache),
      duration: this.#durations.with(door, provider, String(stream)),
      firstToken: this.#firstTokens.with(provider, model),
      perToken: this.#perToken.with(provider, model),
      tokens: {
        input: tokens('input'),
        cached_input: tokens('cached_input'),
        cache_write: tokens('cache_write'),
        output: tokens('output'),
        reasoning: tokens('reasoning'),
      },
      cost: this.#costs.with(provider, model),
      unpriced: this.#unpriced.with(provider, model),
    };
    if (this.#remembered.size < MAX_REMEMBERED) this.#remembered.set(key, series);
    return series;
  }
}
