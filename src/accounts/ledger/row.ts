/**
 * A ledger entry as a row of the table, and its receipt again. Columns say most of the receipt, and what most receipts have
 * in common need not be written either: a row is less than half as long then, and its length is most of what it costs.
 */

import { toDollars } from '../../core/money.ts';
import type { Receipt } from '../../events/receipt.ts';
import type { LedgerTable } from '../database/schema.ts';
import { storable } from '../storable.ts';
import type { Entry } from './ledger.ts';
import { columnOf, requestIdOf } from './request-id.ts';

type Columns = Omit<LedgerTable, 'receipt'>;

/** An entry as it is stored; `receiptOf` reads it back. Texts of callers lose what no database takes (see storable.ts). */
export function rowOf({ receipt, ...entry }: Entry): LedgerTable {
  const { usage } = receipt;
  const columns = {
    id: entry.id,
    request_id: columnOf(receipt.id, entry.id),
    at: entry.at,
    key_id: entry.keyId,
    project_id: entry.projectId,
    user: receipt.user === null ? null : storable(receipt.user),
    door: receipt.door,
    agent: receipt.agent,
    session: receipt.session,
    chain: storable(receipt.chain),
    model: receipt.model,
    provider: receipt.provider,
    cache: receipt.cache,
    input_tokens: count(usage.input),
    cached_input_tokens: count(usage.cached_input),
    cache_write_tokens: count(usage.cache_write),
    output_tokens: count(usage.output),
    reasoning_tokens: count(usage.reasoning),
    cost_nano: entry.cost === null ? null : count(entry.cost),
    hold_nano: count(entry.hold),
    saved_nano: entry.saved == null ? null : count(entry.saved),
    duration_ms: measured(receipt.duration_ms),
    ttft_ms: measured(receipt.ttft_ms),
    error: receipt.error?.kind ?? null,
    refused_status: null,
    prompt_hash: entry.promptHash,
    prompt: entry.prompt,
  };
  return { ...columns, receipt: encodeReceipt(receipt, columns) };
}

/** JSON of what neither the columns nor `decodeReceipt` know by themselves. */
function encodeReceipt(receipt: Receipt, columns: Columns): string {
  const { usage } = receipt;
  const cost = dollarsOrNull(columns.cost_nano);
  const hold = toDollars(columns.hold_nano);
  // What is undefined is not written.
  return JSON.stringify({
    created_at: unless(receipt.created_at, new Date(columns.at).toISOString()),
    key_id: unless(receipt.key_id, columns.key_id),
    project: unless(receipt.project, columns.project_id),
    user: unless(receipt.user, columns.user),
    stream: unless(receipt.stream, false),
    semantic: receipt.semantic,
    attempts: receipt.attempts,
    usage: usage.estimated ? usage : undefined,
    prompt_cache: receipt.prompt_cache.broke_at === null ? undefined : receipt.prompt_cache,
    cost_usd: unless(receipt.cost_usd, cost),
    hold_usd: unless(receipt.hold_usd, hold),
    ttft_ms: unless(receipt.ttft_ms, columns.ttft_ms),
    duration_ms: unless(receipt.duration_ms, columns.duration_ms),
    finish_reason: unless(receipt.finish_reason, 'stop'),
    stitched: unless(receipt.stitched, false),
    client: unless(receipt.client, 'completed'),
    error: unless(receipt.error, null),
  });
}

/** The whole receipt again. In older rows the rest is all of it. */
export function decodeReceipt({ receipt: rest, ...columns }: LedgerTable): Receipt {
  return {
    id: requestIdOf(columns),
    created_at: new Date(columns.at).toISOString(),
    key_id: columns.key_id,
    project: columns.project_id,
    user: columns.user,
    door: columns.door,
    agent: columns.agent,
    session: columns.session,
    chain: columns.chain,
    model: columns.model,
    provider: columns.provider,
    stream: false,
    cache: columns.cache as Receipt['cache'],
    attempts: [],
    usage: {
      input: columns.input_tokens,
      cached_input: columns.cached_input_tokens,
      cache_write: columns.cache_write_tokens,
      output: columns.output_tokens,
      reasoning: columns.reasoning_tokens,
      estimated: false,
    },
    prompt_cache: {
      read: columns.cached_input_tokens,
      written: columns.cache_write_tokens,
      fresh: columns.input_tokens,
      broke_at: null,
    },
    cost_usd: dollarsOrNull(columns.cost_nano),
    hold_usd: toDollars(columns.hold_nano),
    ttft_ms: columns.ttft_ms,
    duration_ms: columns.duration_ms ?? 0,
    finish_reason: 'stop',
    stitched: false,
    client: 'completed',
    error: null,
    ...(JSON.parse(rest) as Partial<Receipt>),
  };
}

function unless<Value>(value: Value, known: Value): Value | undefined {
  return value === known ? undefined : value;
}

function dollarsOrNull(nanoDollars: number | null): number | null {
  return nanoDollars === null ? null : toDollars(nanoDollars);
}

/** A number of milliseconds that every store takes. */
function measured(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** A whole number that every store takes, whatever was counted. */
function count(value: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(0, Math.round(value)), Number.MAX_SAFE_INTEGER) : 0;
}
