/** The database is not there, as opposed to a question it refuses. */
import { Failure } from '../../failures/failure.ts';

/** Milliseconds after which a caller may ask again. */
const RETRY_AFTER = 5_000;

/** 503 for a caller whose question needs the database. */
export class DatabaseUnavailable extends Failure {
  /** For the log: `ECONNREFUSED`. */
  readonly reason: string;

  constructor(cause: unknown) {
    super('overloaded', 'The database is unavailable. Try again soon.', { retryAfterMs: RETRY_AFTER, cause });
    this.name = 'DatabaseUnavailable';
    this.reason = reasonOf(cause);
  }
}

/** Classes of PostgreSQL's error codes for a server that cannot serve now: connection, resources, shutdown. */
const AWAY_CLASSES = new Set(['08', '53', '57']);
/** A query that was cancelled, by a timeout or a person: of class 57, and says nothing about the server. */
const CANCELLED = '57014';

/** @returns the five characters of PostgreSQL's own errors; `undefined` when it did not say anything */
export function sqlState(error: unknown): string | undefined {
  const { code, severity } = error as { code?: string; severity?: string };
  return severity !== undefined && code?.length === 5 ? code : undefined;
}

/** Whatever the server did not say itself (refused, reset, timed out) means that it is unavailable. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true;
  const state = sqlState(error);
  return state === undefined || (AWAY_CLASSES.has(state.slice(0, 2)) && state !== CANCELLED);
}

function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  return code ?? message ?? 'unknown';
}
