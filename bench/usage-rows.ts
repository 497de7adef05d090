/** Rows of a ledger: thirty days of 500 users with 60 keys, in some thousands of sessions. The same at every run. */
import type { LedgerTable } from '../src/accounts/database/ledger-columns.ts';

const DAY = 86_400_000;
export const END = Date.UTC(2026, 10, 26, 12, 34, 56);
const START = END - 30 * DAY;

/** The same numbers at every run (mulberry32). */
let seed = 7;
function random(): number {
  seed = (seed + 0x6d2b79f5) | 0;
  let value = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
  return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
}

/** Few are much used: the first half as often as the rest together. */
function oneOf(count: number): number {
  return Math.min(count - 1, Math.floor(count ** random()) - 1);
}

const MODELS = ['gpt-4', 'gpt-5', 'claude-opus', 'claude-sonnet', 'codellama', 'deepseek', 'qwen', 'mistral'];

/** @param total of all rows, which lie evenly in time */
export function ledgerRow(number: number, total: number): LedgerTable {
  const at = Math.floor(START + ((END - START) * number) / total);
  const isAgent = random() < 0.6;
  // Some twenty requests each, of one user; ten sessions run at any time.
  const session = Math.floor(number / 350) * 10 + Math.floor(random() * 10);
  const user = isAgent ? session % 500 : oneOf(500);
  const key = user % 60;
  const isError = random() < 0.02;
  const isHit = random() < 0.15;
  const duration = Math.round(Math.exp(6 + 2 * random()) * 10) / 10;
  const input = Math.floor(200 + 8_000 * random());
  return {
    id: `row-${number}`,
    request_id: null,
    at,
    key_id: `key_${key}`,
    project_id: `proj_${key % 12}`,
    user: user < 400 ? `user-${user}` : null,
    door: isAgent ? 'messages' : 'chat',
    agent: isAgent ? ['claude-code', 'codex', 'opencode'][session % 3]! : null,
    session: isAgent ? `session-${session}` : null,
    chain: 'default',
    model: isError ? null : MODELS[oneOf(MODELS.length)]!,
    provider: isError ? null : 'openai',
    cache: isHit ? 'hit' : 'miss',
    input_tokens: isHit ? 0 : input,
    cached_input_tokens: isHit ? 0 : Math.floor(input * random()),
    cache_write_tokens: 0,
    output_tokens: isHit ? 0 : Math.floor(50 + 900 * random()),
    reasoning_tokens: 0,
    cost_nano: isHit ? 0 : Math.floor(1e7 * random()),
    hold_nano: 0,
    saved_nano: isHit ? Math.floor(1e7 * random()) : null,
    duration_ms: isHit ? 1.5 : duration,
    ttft_ms: isError ? null : Math.round(duration / 4),
    error: isError ? 'upstream_timeout' : null,
    refused_status: null,
    prompt_hash: '0'.repeat(64),
    prompt: null,
    receipt: JSON.stringify({
      attempts: [{ target: 'openai/gpt-4', kind: 'ok', status: 200, started_ms: 1.2, ended_ms: duration }],
    }),
  };
}
