/** A ledger entry as a row of the table, and back. */
import type { LedgerTable } from '../database/schema.ts';
import type { Entry } from './ledger.ts';

/** In the order of the table. */
export const COLUMNS = [
  'id',
  'request_id',
  'at',
  'key_id',
  'project_id',
  'user',
  'chain',
  'model',
  'provider',
  'cache',
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'cost_nano',
  'hold_nano',
  'error',
  'prompt_hash',
  'prompt',
  'receipt',
] as const satisfies readonly (keyof LedgerTable)[];

/** Writing a row a second time changes nothing. */
export const INSERT =
  `INSERT INTO ledger (${COLUMNS.map((column) => `"${column}"`).join(', ')}) ` +
  `VALUES (${COLUMNS.map(() => '?').join(', ')}) ON CONFLICT (id) DO NOTHING`;

export function rowOf({ receipt, ...entry }: Entry): LedgerTable {
  const { usage } = receipt;
  return {
    id: entry.id,
    request_id: receipt.id,
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
    receipt: JSON.stringify(receipt),
  };
}

/** The caller's words: PostgreSQL's text takes every character but one. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

export function valuesOf(row: LedgerTable): (string | number | null)[] {
  return COLUMNS.map((column) => row[column]);
}
