/** Long cooldowns in the database: a model its provider has retired stays skipped after a restart. */
import { MINUTE } from '../../core/durations.ts';
import type { SharedCooldown } from '../../routing/cooldown.ts';
import type { Cooldowns } from '../../routing/cooldowns.ts';
import type { Database } from './database.ts';
import type { CooldownsTable } from './schema.ts';

/** Shorter ones are over before a restarted process could use them. Milliseconds. */
const MIN_KEPT = 10 * MINUTE;

/** Keeps long cooldowns in the database, and applies those of earlier processes. */
export async function persistCooldowns(
  cooldowns: Cooldowns,
  database: Database,
  warn: (message: string) => void,
): Promise<void> {
  const { onCooldown } = cooldowns;
  cooldowns.onCooldown = (cooldown) => {
    onCooldown(cooldown);
    // 0: an administrator lifted it.
    if (cooldown.until !== 0 && cooldown.until - Date.now() < MIN_KEPT) return;
    void keep(database, cooldown).catch((error: Error) => warn(`A cooldown was not kept: ${error.message}`));
  };
  try {
    for (const { target, until, because } of await kept(database))
      cooldowns.applyRemote({ place: target, until, because });
  } catch (error) {
    warn(`Cooldowns of earlier processes were not read: ${(error as Error).message}`);
  }
}

async function kept(database: Database): Promise<readonly CooldownsTable[]> {
  // At every start, for which the query builder is not worth loading.
  const statement = 'SELECT * FROM cooldowns WHERE until > ?';
  if (database.kind === 'sqlite')
    return database.connection.prepare(statement).all(Date.now()) as unknown as CooldownsTable[];
  const queries = await database.queries();
  return queries.selectFrom('cooldowns').selectAll().where('until', '>', Date.now()).execute();
}

async function keep(database: Database, { place, until, because }: SharedCooldown): Promise<void> {
  const queries = await database.queries();
  const row = { target: place, until, because };
  await queries
    .insertInto('cooldowns')
    .values(row)
    .onConflict((conflict) => conflict.column('target').doUpdateSet({ until, because }))
    .execute();
  await queries.deleteFrom('cooldowns').where('until', '<', Date.now()).execute();
}
