/** A ledger entry as a row of the table. */
import { flatText } from '../../core/flat-text.ts';
import type { LedgerTable } from '../database/schema.ts';
import type { Entry } from './ledger.ts';
import { encodeReceipt } from './receipt-codec.ts';
import { columnOf } from './request-id.ts';

export function rowOf({ receipt, ...entry }: Entry): LedgerTable {
  const { usage } = receipt;
  const columns = {
    id: flatText(entry.id),
    request_id: columnOf(receipt.id, entry.id),
    at: entry.at,
    key_id: entry.keyId,
    project_id: entry.projectId,
    user: receipt.user === null ? null : storable(receipt.user),
    chain: receipt.chain,
    model: receipt.model,
    provider: receipt.provider,
    cache: receipt.cache,
    input_tokens: usage.input,
    cached_input_tokens: usage.cached_input,
    cache_write_tokens: usage.cache_write,
    output_tokens: usage.output,
    reasoning_tokens: usage.reasoning,
    cost_nano: entry.cost,
    hold_nano: entry.hold,
    error: receipt.error?.kind ?? null,
    prompt_hash: entry.promptHash,
    prompt: entry.prompt,
  };
  return { ...columns, receipt: encodeReceipt(receipt, columns) };
}

/** The caller's words: PostgreSQL's text takes every character but one. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
