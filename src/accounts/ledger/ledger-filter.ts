/** Which rows of the ledger are meant: the same for lists of requests and for usage. */
import { failureTable } from '../../failures/failure-table.ts';

/** Of each field one of the values; what is absent does not matter. */
export interface LedgerFilter {
  readonly keyId?: readonly string[];
  readonly projectId?: readonly string[];
  readonly user?: readonly string[];
  /** `provider/model`, the provider's name of a model, or a chain. */
  readonly model?: readonly string[];
  readonly door?: readonly string[];
  readonly agent?: readonly string[];
  readonly session?: readonly string[];
  /** `ok`, `error`, `closed`, `refused`, a kind of failure, or an HTTP status. */
  readonly status?: readonly string[];
  /** Part of an id, user, session, agent, model, kind of failure or, where they are logged, a prompt. */
  readonly search?: string;
  /** Arrival, in milliseconds since the epoch: from (inclusive) and to (exclusive). */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** How a request can have ended, for filters: `closed` by its caller, `refused` before any model was asked. */
export const OUTCOMES = ['ok', 'error', 'closed', 'refused'] as const;

/** @returns whether `status` may be asked for */
export function isStatus(status: string): boolean {
  return (
    (OUTCOMES as readonly string[]).includes(status) ||
    Object.hasOwn(failureTable, status) ||
    /^[1-5]\d\d$/.test(status)
  );
}
