/**
 * The ledger in PostgreSQL. A row is first written to a local outbox, which is what makes it durable, and shipped from
 * there: so PostgreSQL may be away, and a killed process has lost nothing. Rows carry their id, so that one shipped
 * twice is there once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Receipt } from '../../chat/receipt.ts';
import { migrate, type PostgresDatabase, type SqliteDatabase } from '../database/database.ts';
import type { LedgerTable, Schema } from '../database/schema.ts';
import type { Outcome } from '../limits/limits.ts';
import type { Entry, Ledger, UsageQuery, UsageReport } from './ledger.ts';
import { findOutcome, findReceipt, sumSpent, usageReport, usageRows } from './queries.ts';
import { rowOf } from './row.ts';
import { RowWriter } from './row-writer.ts';

const ROWS_AT_ONCE = 500;
/** Milliseconds between tries while PostgreSQL is away. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

export class PostgresLedger implements Ledger {
  readonly #database: PostgresDatabase;
  readonly #outbox: SqliteDatabase;
  readonly #writer: RowWriter;
  readonly #warn: (message: string) => void;
  #shipping: Promise<void> | undefined;
  #hasMore = false;
  #isClosing = false;
  #isAway = false;

  constructor(database: PostgresDatabase, outbox: SqliteDatabase, warn: (message: string) => void) {
    this.#database = database;
    this.#outbox = outbox;
    this.#writer = new RowWriter(outbox.connection);
    this.#warn = warn;
    // What an earlier process left behind.
    this.#ship();
  }

  async write(entry: Entry): Promise<void> {
    await this.#writer.write(rowOf(entry));
    this.#ship();
  }

  async find(requestId: string, keyId?: string): Promise<Receipt | undefined> {
    const waiting = await findReceipt(await this.#outbox.queries(), requestId, keyId);
    return waiting ?? findReceipt(await this.#database.queries(), requestId, keyId);
  }

  async usage(query: UsageQuery): Promise<UsageReport> {
    await this.#shipped();
    return usageReport(query.groupBy, await usageRows(await this.#database.queries(), 'postgres', query));
  }

  async spentSince(subject: string, since: number): Promise<number> {
    await this.#shipped();
    return sumSpent(await this.#database.queries(), subject, since);
  }

  async outcomeOf(id: string): Promise<Outcome | undefined> {
    const waiting = await findOutcome(await this.#outbox.queries(), id);
    return waiting ?? findOutcome(await this.#database.queries(), id);
  }

  async prune(before: number): Promise<void> {
    const queries = await this.#database.queries();
    await queries.deleteFrom('ledger').where('at', '<', before).execute();
  }

  async close(milliseconds: number): Promise<void> {
    this.#writer.flush();
    this.#ship();
    await Promise.race([this.#shipping, sleep(milliseconds, undefined, { ref: false })]);
    this.#isClosing = true;
    await this.#shipping;
    await this.#outbox.close();
  }

  /** Sums are asked of PostgreSQL alone, so what waits is shipped first; while it is away they fail in any case. */
  async #shipped(): Promise<void> {
    this.#ship();
    if (!this.#isAway) await Promise.race([this.#shipping, sleep(1_000, undefined, { ref: false })]);
  }

  #ship(): void {
    this.#hasMore = true;
    this.#shipping ??= this.#shipAll().finally(() => {
      this.#shipping = undefined;
    });
  }

  /** Ships until nothing waits; never rejects. */
  async #shipAll(): Promise<void> {
    let pause = FIRST_PAUSE;
    while (this.#hasMore && !this.#isClosing) {
      this.#hasMore = false;
      try {
        const target = await this.#database.queries();
        while (await this.#shipSome(target)) this.#hasMore = false;
        if (this.#isAway) this.#warn('PostgreSQL is back; the ledger rows that waited are there.');
        this.#isAway = false;
        pause = FIRST_PAUSE;
      } catch (error) {
        if (!this.#isAway)
          this.#warn(`PostgreSQL is away (${reasonOf(error)}); ledger rows wait on the local disk.`);
        this.#isAway = true;
        this.#hasMore = true;
        await sleep(pause, undefined, { ref: false });
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
  }

  /** @returns whether there may be more */
  async #shipSome(target: Kysely<Schema>): Promise<boolean> {
    const { connection } = this.#outbox;
    const rows = connection.prepare('SELECT * FROM ledger ORDER BY at LIMIT ?').all(ROWS_AT_ONCE);
    if (rows.length === 0) return false;
    const insert = () =>
      target
        .insertInto('ledger')
        .values(rows as unknown as LedgerTable[])
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
    await insert().catch(async (error: { code?: string }) => {
      // The tables are not there yet: PostgreSQL was away when this process started.
      if (error.code !== '42P01') throw error;
      await migrate(target);
      await insert();
    });
    const ids = JSON.stringify(rows.map(({ id }) => id));
    connection.prepare('DELETE FROM ledger WHERE id IN (SELECT value FROM json_each(?))').run(ids);
    return true;
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ?? message ?? 'unknown';
}
