/** The accounts put together: keys, limits and the ledger over one database, and their end. */

import { hash } from 'node:crypto';
import type { SharedAnswers } from '../cache/exact-store.ts';
import type { Clock } from '../core/clock.ts';
import type { CallRecord } from '../events/receipt.ts';
import { Failure } from '../failures/failure.ts';
import type { Cooldowns } from '../routing/cooldowns.ts';
import { Admission } from './admission.ts';
import { callerWithKey, type Presented } from './caller.ts';
import { type Database, openDatabase } from './database/database.ts';
import { Desk } from './desk.ts';
import type { Key } from './keys/key.ts';
import { KeyStore } from './keys/key-store.ts';
import { KnownKeys } from './keys/known-keys.ts';
import { Throttle } from './keys/throttle.ts';
import type { Ledger } from './ledger/ledger.ts';
import { openLedger } from './ledger/open-ledger.ts';
import { GuardedCounters, type WhenAway } from './limits/guarded-counters.ts';
import { type Books, type Counters, CountersAway } from './limits/limits.ts';
import { MemoryCounters } from './limits/memory-counters.ts';
import { sharedAnswers } from './shared-answers.ts';
import { rememberCooldowns, shareCooldowns } from './shared-rests.ts';

/** Milliseconds. */
const PRUNE_EVERY = 3_600_000;

export interface AccountsSettings {
  readonly databaseUrl: string;
  /** Rows wait here for a PostgreSQL that is away. */
  readonly outboxPath: string;
  /** Whether the ledger keeps the text of prompts. */
  readonly logPrompts: boolean;
  /** Shares limits, rests and answers between processes; absent for one process alone. */
  readonly redisUrl: string | undefined;
  readonly whenRedisIsAway: WhenAway;
  /** Milliseconds what a call holds stays, in Redis, after its process was killed. */
  readonly holdLease: number;
  /** Milliseconds rows stay in the ledger; 0 is for ever. */
  readonly retention: number;
}

export interface Accounts {
  readonly desk: Desk;
  /** The second level of the answer cache, when there is one. */
  readonly sharedAnswers: SharedAnswers | undefined;
  /** Lets rests outlive this process, and be felt by the others. */
  shareCooldowns(cooldowns: Cooldowns): Promise<void>;
  readonly ledger: Ledger;
  readonly counters: Counters;
  /** Lets a caller key in. @returns a promise only where the key has to be looked up. @throws {Failure} */
  present(token: string, address: string): Presented | Promise<Presented>;
  /** Writes a request down for good. */
  book(record: CallRecord): Promise<void>;
  close(milliseconds: number): Promise<void>;
}

/** @param warn tells the log, once in a while, of what goes wrong behind the scenes */
export async function openAccounts(
  settings: AccountsSettings,
  clock: Clock,
  warn: (message: string) => void,
): Promise<Accounts> {
  const database: Database = await openDatabase(settings.databaseUrl);
  const ledger = await openLedger(database, { outboxPath: settings.outboxPath, warn });
  const away = (error: unknown) => {
    throw new CountersAway(error);
  };
  const books: Books = {
    spentSince: (subject, since) => ledger.spentSince(subject, since).catch(away),
    outcomeOf: (call) => ledger.outcomeOf(call).catch(away),
  };
  const local = new MemoryCounters(clock, books);
  const shared = settings.redisUrl ? await connect(settings, clock, books, warn) : undefined;
  const redis = shared?.redis;
  const counters = shared ? new GuardedCounters(shared.counters, local, settings.whenRedisIsAway) : local;
  const admission = new Admission(counters, clock);
  const keys = new KeyStore(database);
  const known = new KnownKeys((token) => keys.byToken(token), clock);
  const throttle = new Throttle(clock);
  /** As long as a key is known it has one caller. */
  const callers = new WeakMap<Key, Presented>();
  const presented = (key: Key): Presented => {
    let one = callers.get(key);
    if (!one) {
      one = { key, caller: callerWithKey(key, admission) };
      callers.set(key, one);
    }
    return one;
  };
  let stopSharing = async () => {};
  const prune = () =>
    ledger
      .prune(clock.now() - settings.retention)
      .catch((error: Error) => warn(`Old ledger rows were not deleted: ${error.message}`));
  const pruning = settings.retention > 0 ? setInterval(prune, PRUNE_EVERY).unref() : undefined;
  return {
    desk: new Desk(keys, counters, ledger, () => known.forgetAll()),
    sharedAnswers: redis && sharedAnswers(redis),
    ledger,
    counters,
    present(token, address) {
      const letIn = (key: Key | undefined) => {
        if (!key) throttle.failed(address);
        refuseUnlessValid(key, clock.now());
        return presented(key);
      };
      const found = known.find(token);
      return found instanceof Promise ? found.then(letIn) : letIn(found);
    },
    async book(record) {
      try {
        await ledger.write(entryOf(record, settings.logPrompts));
      } catch (error) {
        warn(`The ledger did not take a row (${record.receipt.id}): ${(error as Error).message}`);
      }
    },
    async shareCooldowns(cooldowns) {
      await rememberCooldowns(cooldowns, database, warn);
      if (redis) stopSharing = await shareCooldowns(cooldowns, redis);
    },
    async close(milliseconds) {
      clearInterval(pruning);
      await ledger.close(milliseconds);
      await counters.close();
      await stopSharing();
      redis?.destroy();
      await database.close();
    },
  };
}

/** Redis's client is loaded only where there is a Redis: it takes 15 MB of memory. */
async function connect(
  { redisUrl, databaseUrl, holdLease }: AccountsSettings,
  clock: Clock,
  books: Books,
  warn: (message: string) => void,
) {
  const [{ connectRedis }, { RedisCounters }] = await Promise.all([
    import('./limits/redis/redis.ts'),
    import('./limits/redis/redis-counters.ts'),
  ]);
  const redis = await connectRedis(redisUrl!, warn);
  const options = { lease: holdLease, books: placeOf(databaseUrl) };
  return { redis, counters: new RedisCounters(redis, clock, books, options) };
}

/** The same for all processes over one database; holds no password. */
function placeOf(databaseUrl: string): string {
  const place = databaseUrl.replace(/\/\/[^@/]*@/, '//').replace(/\?.*$/, '');
  return hash('sha256', place, 'base64url').slice(0, 16);
}

function refuseUnlessValid(key: Key | undefined, now: number): asserts key is Key {
  if (!key) throw new Failure('unauthorized', 'This key is not known here.');
  if (key.revokedAt !== null) throw new Failure('unauthorized', 'This key has been revoked.');
  if (key.expiresAt !== null && key.expiresAt <= now)
    throw new Failure('unauthorized', `This key has expired on ${new Date(key.expiresAt).toISOString()}.`);
}

function entryOf(record: CallRecord, logPrompts: boolean) {
  const { id, receipt, request, promptHash, at, cost, hold } = record;
  return {
    id,
    receipt,
    at,
    cost,
    hold,
    keyId: receipt.key_id,
    projectId: receipt.project,
    promptHash,
    prompt: logPrompts ? JSON.stringify(request.messages) : null,
  };
}
