/** Rests of targets that outlive this process: what a provider says is gone stays gone, and all instances rest together. */
import type { Cooldowns, SharedCooldown } from '../routing/cooldowns.ts';
import type { Database } from './database/database.ts';
import type { RestsTable } from './database/schema.ts';
import { inTime } from './limits/redis/in-time.ts';
import type { Redis } from './limits/redis/redis.ts';

const CHANNEL = 'cl:rests';
/** Shorter rests are over before a restarted process could use them. */
const WORTH_KEEPING = 10 * 60_000;

/** Remembers long rests (a model that is gone) in the database, and takes up those of earlier processes. */
export async function rememberCooldowns(
  cooldowns: Cooldowns,
  database: Database,
  warn: (message: string) => void,
): Promise<void> {
  const tell = chained(cooldowns, (rest) => {
    // 0: an administrator lifted it.
    if (rest.until !== 0 && rest.until - Date.now() < WORTH_KEEPING) return;
    void keep(database, rest).catch((error: Error) => warn(`A rest was not kept: ${error.message}`));
  });
  cooldowns.onCooldown = tell;
  try {
    for (const { target, until, because } of await kept(database))
      cooldowns.applyRemote({ place: target, until, because: because as SharedCooldown['because'] });
  } catch (error) {
    warn(`Rests of earlier processes were not read: ${(error as Error).message}`);
  }
}

async function kept(database: Database): Promise<readonly RestsTable[]> {
  // At every start, for which the query builder is not worth loading.
  const statement = 'SELECT * FROM rests WHERE until > ?';
  if (database.kind === 'sqlite')
    return database.connection.prepare(statement).all(Date.now()) as unknown as RestsTable[];
  const queries = await database.queries();
  return queries.selectFrom('rests').selectAll().where('until', '>', Date.now()).execute();
}

async function keep(database: Database, { place, until, because }: SharedCooldown): Promise<void> {
  const queries = await database.queries();
  const row = { target: place, until, because };
  await queries
    .insertInto('rests')
    .values(row)
    .onConflict((conflict) => conflict.column('target').doUpdateSet({ until, because }))
    .execute();
  await queries.deleteFrom('rests').where('until', '<', Date.now()).execute();
}

/** Tells the other instances of every rest, and hears of theirs. What is missed while Redis is away is found out again. */
export async function shareCooldowns(cooldowns: Cooldowns, redis: Redis): Promise<() => Promise<void>> {
  cooldowns.onCooldown = chained(cooldowns, (rest) => {
    void redis.publish(CHANNEL, JSON.stringify(rest)).catch(() => {});
    const left = rest.until - Date.now();
    if (rest.until === 0) void redis.del(`${CHANNEL}:${rest.place}`).catch(() => {});
    if (left > 0)
      void redis
        .set(`${CHANNEL}:${rest.place}`, JSON.stringify(rest), { expiration: { type: 'PX', value: left } })
        .catch(() => {});
  });
  const listener = redis.duplicate();
  listener.on('error', () => {});
  const listening = listener
    .connect()
    .then(() =>
      listener.subscribe(CHANNEL, (message) => cooldowns.applyRemote(JSON.parse(message) as SharedCooldown)),
    );
  listening.catch(() => {});
  try {
    await takeUp(cooldowns, redis);
  } catch {
    // Redis is away; the rests are found out again.
  }
  return async () => listener.destroy();
}

/** The rests that others are having. */
async function takeUp(cooldowns: Cooldowns, redis: Redis): Promise<void> {
  let cursor = '0';
  do {
    const page = await inTime(redis, redis.scan(cursor, { MATCH: `${CHANNEL}:*`, COUNT: 100 }));
    const rests = page.keys.length > 0 ? await inTime(redis, redis.mGet(page.keys)) : [];
    for (const rest of rests) if (rest) cooldowns.applyRemote(JSON.parse(rest) as SharedCooldown);
    cursor = page.cursor;
  } while (cursor !== '0');
}

function chained(
  { onCooldown }: Cooldowns,
  next: (rest: SharedCooldown) => void,
): (rest: SharedCooldown) => void {
  return (rest) => {
    onCooldown(rest);
    next(rest);
  };
}
