/** A ledger entry as a row of the table. */
import type { LedgerTable } from '../database/schema.ts';
import { storable } from '../storable.ts';
import type { Entry } from './ledger.ts';
import { encodeReceipt } from './receipt-codec.ts';
import { columnOf } from './request-id.ts';

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

/** A number of milliseconds that every store takes. */
function measured(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** A whole number that every store takes, whatever was counted. */
function count(value: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(0, Math.round(value)), Number.MAX_SAFE_INTEGER) : 0;
}
