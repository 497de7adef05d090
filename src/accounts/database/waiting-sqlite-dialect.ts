import { setTimeout as sleep } from 'node:timers/promises';
import { CompiledQuery, type DatabaseConnection, type Driver, type QueryResult, SqliteDialect } from 'kysely';
import { DatabaseUnavailable } from './database-unavailable.ts';
import { cannotServe, isLocked } from './node-sqlite.ts';

/** Milliseconds between tries, and until it is given up. */
const PAUSE = 10;
const LOCK_TIMEOUT = 5_000;

/** Kysely's SQLite dialect for a file that other processes write, too: it waits for their locks without holding up anybody. */
export class WaitingSqliteDialect extends SqliteDialect {
  override createDriver(): Driver {
    const driver = super.createDriver();
    const waiting = new WeakMap<DatabaseConnection, DatabaseConnection>();
    const acquire = driver.acquireConnection.bind(driver);
    const release = driver.releaseConnection.bind(driver);
    driver.acquireConnection = async () => {
      const connection = await acquire();
      const wrapped = new WaitingConnection(connection);
      waiting.set(wrapped, connection);
      return wrapped;
    };
    driver.releaseConnection = (connection) => release(waiting.get(connection) ?? connection);
    driver.beginTransaction = async (connection) => {
      // Takes the lock to write now: a transaction that reads first could not get it later.
      await connection.executeQuery(CompiledQuery.raw('begin immediate'));
    };
    const rollback = driver.rollbackTransaction.bind(driver);
    driver.rollbackTransaction = async (connection) => {
      // After some faults, such as a full disk, SQLite has done so by itself; the fault is what the caller has to hear of.
      await rollback(connection).catch((error: Error) => {
        if (!error.message.includes('no transaction is active')) throw error;
      });
    };
    return driver;
  }
}

class WaitingConnection implements DatabaseConnection {
  readonly #connection: DatabaseConnection;

  constructor(connection: DatabaseConnection) {
    this.#connection = connection;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const deadline = performance.now() + LOCK_TIMEOUT;
    for (;;) {
      try {
        return await this.#connection.executeQuery<Row>(query);
      } catch (error) {
        if (!cannotServe(error)) throw error;
        if (!isLocked(error) || performance.now() > deadline) throw new DatabaseUnavailable(error);
        await sleep(PAUSE);
      }
    }
  }

  streamQuery<Row>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<Row>> {
    return this.#connection.streamQuery(query, chunkSize);
  }
}
