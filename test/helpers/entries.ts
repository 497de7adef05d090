/** Entries of the ledger with as much said about them as a test needs. */
import { randomUUID } from 'node:crypto';
import type { Entry } from '../../src/accounts/ledger/ledger.ts';
import { toDollars } from '../../src/core/money.ts';
import { NO_TOKENS } from '../../src/pricing/token-counts.ts';
import { PLAIN_RECEIPT } from './plain-receipt.ts';

/** Noon of a day, in UTC. */
export const NOON = Date.UTC(2026, 10, 23, 12);

export interface EntryFields extends Partial<Omit<Entry, 'receipt'>> {
  readonly receipt?: Partial<Entry['receipt']>;
}

export function entryWith({ receipt, ...over }: EntryFields = {}): Entry {
  const entry = {
    id: randomUUID(),
    at: NOON,
    keyId: 'web',
    projectId: null,
    cost: 1_500,
    hold: 2_000,
    promptHash: 'hash',
    prompt: null,
    ...over,
  };
  const usage = receipt?.usage ?? { ...NO_TOKENS, input: 10, output: 5 };
  const { cached_input: read, cache_write: written, input: fresh } = usage;
  return {
    ...entry,
    receipt: {
      ...PLAIN_RECEIPT,
      id: `request-${entry.id}`,
      created_at: new Date(entry.at).toISOString(),
      key_id: entry.keyId,
      project: entry.projectId,
      usage,
      prompt_cache: { read, written, fresh, broke_at: null },
      cost_usd: entry.cost === null ? null : toDollars(entry.cost),
      hold_usd: toDollars(entry.hold),
      ttft_ms: 12.5,
      duration_ms: 80,
      ...receipt,
    },
  };
}
