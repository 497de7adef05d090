/** The database is not there, as opposed to a question it refuses. */

export class DatabaseAway extends Error {
  constructor(cause: unknown) {
    super(`The database is away (${reasonOf(cause)}).`, { cause });
    this.name = 'DatabaseAway';
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

/** Whatever the server did not say itself (refused, reset, timed out) means that it is away. */
export function isAway(error: unknown): boolean {
  if (error instanceof DatabaseAway) return true;
  const state = sqlState(error);
  return state === undefined || (AWAY_CLASSES.has(state.slice(0, 2)) && state !== CANCELLED);
}

function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  return code ?? message ?? 'unknown';
}
