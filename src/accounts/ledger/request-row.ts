/** A request as a line of a list. */
import { toDollars } from '../../core/money.ts';
import { statusOf } from '../../events/outcome.ts';
import type { Receipt } from '../../events/receipt.ts';
import { type FailureKind, failureTable } from '../../failures/failure-table.ts';
import type { LedgerTable } from '../database/ledger-columns.ts';
import { requestIdOf } from './request-id.ts';
import { decodeReceipt } from './row.ts';

/** Something with an alias beside its id; the alias is `null` when it is gone. */
export interface Named {
  readonly id: string;
  readonly alias: string | null;
}

/** What lists and the live page show of a request; the receipt has more. */
export interface RequestRow {
  readonly id: string;
  /** ISO 8601: arrival. */
  readonly at: string;
  /** `refused`: not admitted, nothing was asked of any model. */
  readonly kind: 'call' | 'refused';
  readonly outcome: 'ok' | 'error' | 'closed' | 'refused';
  /** The HTTP status. */
  readonly status: number;
  readonly error: FailureKind | null;
  readonly door: string | null;
  /** Of a refused request. */
  readonly path: string | null;
  readonly key: Named | null;
  readonly project: Named | null;
  readonly user: string | null;
  readonly agent: string | null;
  readonly session: string | null;
  readonly chain: string | null;
  /** `provider/model` that answered. */
  readonly model: string | null;
  readonly stream: boolean;
  readonly cache: Receipt['cache'] | null;
  readonly stitched: boolean;
  /** How often a target was tried. */
  readonly attempts: number;
  /** Tokens, with what was written to a provider's cache among the input. */
  readonly input_tokens: number;
  readonly cached_input_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number;
  /** The tokens are our own count. */
  readonly estimated: boolean;
  /** `null`: the price is unknown. */
  readonly cost_usd: number | null;
  readonly duration_ms: number | null;
  readonly ttft_ms: number | null;
}

/** What a refused request's row has in place of a receipt. */
export interface RefusedDetails {
  readonly path: string;
}

/** Aliases by id, of the keys and of the projects that stand in some rows. */
export interface HolderNames {
  readonly keys: ReadonlyMap<string, string>;
  readonly projects: ReadonlyMap<string, string>;
}

/**
 * A row of the ledger in the API's words: money in dollars, times in ISO 8601, and nothing that is only for the database.
 */
export function toRequestRow(row: LedgerTable, { keys, projects }: HolderNames): RequestRow {
  const common = {
    id: requestIdOf(row),
    at: new Date(row.at).toISOString(),
    error: row.error as FailureKind | null,
    door: row.door === '' ? null : row.door,
    key: named(row.key_id, keys),
    project: named(row.project_id, projects),
    user: row.user,
    agent: row.agent,
    session: row.session,
    chain: row.chain === '' ? null : row.chain,
    input_tokens: row.input_tokens + row.cache_write_tokens,
    cached_input_tokens: row.cached_input_tokens,
    output_tokens: row.output_tokens,
    reasoning_tokens: row.reasoning_tokens,
    cost_usd: row.cost_nano === null ? null : toDollars(row.cost_nano),
    duration_ms: row.duration_ms,
    ttft_ms: row.ttft_ms,
  };
  return row.refused_status === null
    ? { ...common, ...ofCall(row) }
    : { ...common, ...ofRefused(row, row.refused_status) };
}

function ofCall(row: LedgerTable) {
  const receipt = decodeReceipt(row);
  const { stream, cache, stitched, attempts, usage, error, client } = receipt;
  const isClosed =
    (error && failureTable[error.kind].isClosedByCaller) || (error === null && client === 'closed');
  return {
    kind: 'call',
    outcome: isClosed ? 'closed' : error ? 'error' : 'ok',
    status: statusOf(receipt),
    path: null,
    model: row.model === null ? null : `${row.provider}/${row.model}`,
    stream,
    cache,
    stitched,
    attempts: attempts.filter(({ kind }) => kind !== 'cooling').length,
    estimated: usage.estimated,
    duration_ms: receipt.duration_ms,
    ttft_ms: receipt.ttft_ms,
  } as const;
}

function ofRefused({ receipt }: LedgerTable, status: number) {
  const { path } = JSON.parse(receipt) as RefusedDetails;
  return {
    kind: 'refused',
    outcome: 'refused',
    status,
    path,
    model: null,
    stream: false,
    cache: null,
    stitched: false,
    attempts: 0,
    estimated: false,
  } as const;
}

function named(id: string | null, aliases: ReadonlyMap<string, string>): Named | null {
  return id === null ? null : { id, alias: aliases.get(id) ?? null };
}
