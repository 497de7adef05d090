/** The metrics of requests and their attempts: their names, what Prometheus shows as help, labels and buckets. */
import { Counter, Histogram } from './instruments.ts';

/** Seconds. Answers take from milliseconds (the cache) to minutes (models that think). */
const DURATIONS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
/** Seconds. */
const FIRST_TOKENS = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];
/** Seconds: from 400 tokens a second to one. */
const PER_TOKEN = [0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1];

/** New ones, in the order in which they are shown. A label has few values: see "Events" in docs/architecture.md. */
export function requestInstruments() {
  return {
    requests: new Counter('codellama_requests_total', 'Requests that have ended', [
      'door',
      'provider',
      'model',
      'status',
      'cache',
    ]),
    failures: new Counter('codellama_request_failures_total', 'Requests that failed, by kind', [
      'door',
      'kind',
    ]),
    durations: new Histogram(
      'codellama_request_duration_seconds',
      'From arrival to the end of the answer',
      ['door', 'provider', 'stream'],
      DURATIONS,
    ),
    firstTokens: new Histogram(
      'codellama_time_to_first_token_seconds',
      'From arrival to the first token of a stream',
      ['provider', 'model'],
      FIRST_TOKENS,
    ),
    perToken: new Histogram(
      'codellama_time_per_output_token_seconds',
      'Between two tokens of a stream, on average',
      ['provider', 'model'],
      PER_TOKEN,
    ),
    tokens: new Counter('codellama_tokens_total', 'Tokens that were paid for, by class', [
      'provider',
      'model',
      'class',
    ]),
    costs: new Counter(
      'codellama_cost_usd_total',
      'US dollars spent at providers',
      ['provider', 'model'],
      1e9,
    ),
    unpriced: new Counter(
      'codellama_unpriced_requests_total',
      'Requests whose price is unknown, which the cost leaves out',
      ['provider', 'model'],
    ),
    attempts: new Counter('codellama_attempts_total', 'Tries of a target, by how they ended', [
      'provider',
      'model',
      'kind',
    ]),
    retries: new Counter('codellama_retries_total', 'Further tries of the same target', ['provider', 'kind']),
    rescues: new Counter('codellama_rescues_total', 'Broken streams that another target went on with', [
      'provider',
      'kind',
    ]),
    cooldowns: new Counter('codellama_cooldowns_total', 'Cooldowns that began or grew', [
      'provider',
      'scope',
      'kind',
    ]),
    configurations: new Counter(
      'codellama_config_reloads_total',
      'Edits of the configuration file, taken up or rejected',
      ['outcome'],
    ),
    lostRows: new Counter('codellama_ledger_lost_rows_total', 'Ledger rows that were lost', []),
  };
}
