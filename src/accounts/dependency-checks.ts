/** Asks the database and Redis whether they are there, each within a bounded time. */
import type { Clock } from '../core/clock.ts';
import type { Redis } from '../redis/connection.ts';
import { withTimeout } from '../redis/with-timeout.ts';
import type { Database } from './database/database.ts';

/** What one dependency said of itself just now, as administrators are shown it. */
export interface DependencyState {
  readonly kind: 'sqlite' | 'postgresql' | 'redis';
  readonly status: 'ok' | 'down';
  /** Why it is down. */
  readonly problem?: string;
  /** Milliseconds until it answered. */
  readonly answered_in_ms?: number;
}

/** Milliseconds. */
const CHECK_TIMEOUT = 1_000;

/** Asks the database for a constant: it answers, and with our rights. Never rejects. */
export async function checkDatabase(database: Database, clock: Clock): Promise<DependencyState> {
  const kind = database.kind === 'postgres' ? 'postgresql' : 'sqlite';
  return check(kind, clock, async () => {
    // Without the query builder, which a server with SQLite may never need.
    if (database.kind === 'sqlite') return database.connection.prepare('SELECT 1').get();
    const [db, { sql }] = await Promise.all([database.queries(), import('kysely')]);
    return sql`select 1`.execute(db);
  });
}

/** Pings Redis. Never rejects. */
export function checkRedis(redis: Redis, clock: Clock): Promise<DependencyState> {
  return check('redis', clock, () => withTimeout(redis, redis.ping()));
}

async function check(
  kind: DependencyState['kind'],
  clock: Clock,
  ask: () => Promise<unknown>,
): Promise<DependencyState> {
  const from = clock.elapsed();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_TIMEOUT} ms`)), CHECK_TIMEOUT);
  });
  try {
    await Promise.race([ask(), timeout]);
    return { kind, status: 'ok', answered_in_ms: Math.round((clock.elapsed() - from) * 10) / 10 };
  } catch (error) {
    return { kind, status: 'down', problem: problemOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Several addresses that all refuse give one error without words of its own. */
function problemOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return (message || code || String(error)).slice(0, 200);
}
