/**
 * Connections to PostgreSQL in the form Kysely wants. What goes wrong with a connection becomes a `DatabaseUnavailable`, and
 * the connection is thrown away: one that fell silent would otherwise go back to the pool and hang the next query too.
 */
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { DatabaseUnavailable, isUnavailable } from './database-unavailable.ts';

/** Milliseconds. */
const CONNECT_TIMEOUT = 2_000;
const QUERY_TIMEOUT = 10_000;
const IDLE_TIMEOUT = 30_000;
const CLOSE_TIMEOUT = 2_000;
const MAX_CONNECTIONS = 10;

/** @param url its parameters win over ours: `?query_timeout=500` */
export function openPostgresPool(url: string): PostgresPool {
  // Whole numbers beyond 32 bits arrive as text; ours (milliseconds, nano-dollars) fit a double exactly.
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number);
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    query_timeout: QUERY_TIMEOUT,
    idleTimeoutMillis: IDLE_TIMEOUT,
  });
  // A connection that breaks while idle is replaced at the next query.
  pool.on('error', () => {});
  // A connection that breaks between two queries says so at the next one; unheard, it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  return {
    options: pool.options,
    async connect() {
      const client = await pool.connect().catch((error: unknown) => {
        throw isUnavailable(error) ? new DatabaseUnavailable(error) : error;
      });
      return watched(client);
    },
    async end() {
      // A query without an answer must not hold up the end of the process.
      const timeout = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_TIMEOUT).unref());
      await Promise.race([pool.end(), timeout]);
    },
  };
}

function watched(client: pg.PoolClient): PostgresPoolClient {
  let broken: unknown;
  const query = async (text: string, parameters: readonly unknown[]) => {
    if (broken) throw new DatabaseUnavailable(broken);
    try {
      return await client.query(text, [...parameters]);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      broken ??= error;
      throw new DatabaseUnavailable(error);
    }
  };
  return {
    // Cursors, the other thing a client may be asked for, are not used here.
    query: query as unknown as PostgresPoolClient['query'],
    release(destroy) {
      client.release(broken !== undefined || destroy === true);
    },
  };
}
