/** The accounts put together: keys, limits and the ledger over one database, and their end. */

import { hash } from 'node:crypto';
import type { SharedAnswers } from '../cache/exact-store.ts';
import type { Recorder } from '../chat/incoming.ts';
import type { BudgetUse } from '../core/budget-use.ts';
import type { Claims } from '../core/claims.ts';
import type { Clock } from '../core/clock.ts';
import { HOUR } from '../core/durations.ts';
import type { Subscriber, Tell } from '../events/event.ts';
import { redisClaims } from '../redis/claims.ts';
import { sharedAnswers } from '../redis/shared-answers.ts';
import { shareCooldowns } from '../redis/shared-cooldowns.ts';
import { type SharedValues, sharedValues } from '../redis/shared-values.ts';
import type { Cooldowns } from '../routing/cooldowns.ts';
import { Admission } from './admission/admission.ts';
import { budgetsOf } from './budget-use.ts';
import { type Database, openDatabase } from './database/database.ts';
import { OtherServers, type ServerMarks } from './database/other-servers.ts';
import { persistCooldowns } from './database/persistent-cooldowns.ts';
import type { DependencyState } from './dependency-checks.ts';
import { AuditLog } from './keys/audit-log.ts';
import { BrowserSessions } from './keys/browser-sessions.ts';
import { CallerAuthenticator } from './keys/caller-authenticator.ts';
import { KeyAdmin } from './keys/key-admin.ts';
import { KeyNames } from './keys/key-names.ts';
import { KeyStore } from './keys/key-store.ts';
import { ProjectAdmin } from './keys/project-admin.ts';
import { ProjectStore } from './keys/project-store.ts';
import { SpendingReport } from './keys/spending-report.ts';
import { payersOf } from './keys/subjects.ts';
import type { Backlog, Ledger } from './ledger/ledger.ts';
import { openLedger } from './ledger/open-ledger.ts';
import { REFUSED_RETENTION, refusedRequests } from './ledger/refused-requests.ts';
import { RetryingWriter } from './ledger/retrying-writer.ts';
import { FailoverCounters, type WhenUnavailable } from './limits/failover-counters.ts';
import { type Counters, CountersUnavailable, type LedgerReader } from './limits/limits.ts';
import { MemoryCounters } from './limits/memory-counters.ts';

/** Milliseconds. */
const PRUNE_EVERY = HOUR;

/** What the environment decides about accounts. */
export interface AccountsSettings {
  /** A browser session of the administrator ends when it changes. */
  readonly adminKey?: string | undefined;
  readonly databaseUrl: string;
  /** Rows wait here for a PostgreSQL that is unavailable. */
  readonly outboxPath: string;
  /** Whether the ledger keeps the text of prompts. */
  readonly logPrompts: boolean;
  /** Shares limits, cooldowns and answers between processes; absent for one process alone. */
  readonly redisUrl: string | undefined;
  readonly whenRedisIsUnavailable: WhenUnavailable;
  /** Milliseconds what a call holds stays, in Redis, after its process was killed. */
  readonly holdLease: number;
  /** Milliseconds rows stay in the ledger; 0 is for ever. */
  readonly retention: number;
}

/** Everything about callers and their money that the rest of the server asks; made by {@link openAccounts}. */
export interface Accounts {
  readonly keyAdmin: KeyAdmin;
  readonly projectAdmin: ProjectAdmin;
  /** The second level of the answer cache, when there is one. */
  readonly sharedAnswers: SharedAnswers | undefined;
  /** Where several instances keep what all of them should know, such as the index of their semantic caches. */
  readonly sharedValues: SharedValues | undefined;
  /** Keeps cooldowns across restarts, and shares them with other processes. */
  shareCooldowns(cooldowns: Cooldowns): Promise<void>;
  readonly ledger: Ledger;
  readonly counters: Counters;
  /** Callers by their keys. */
  readonly authenticator: Pick<CallerAuthenticator, 'authenticate' | 'callerOf' | 'checkAddress'>;
  readonly sessions: BrowserSessions;
  readonly keyNames: KeyNames;
  readonly audit: AuditLog;
  /** Keeps refused requests in the ledger; for the events. */
  readonly refusedRequests: Subscriber;
  /** Why this process should get no calls now, for the readiness check; nothing when all is well. */
  problem(): string | undefined;
  /** Ledger rows that are only in memory, and those on their way to PostgreSQL. */
  backlogs(): { unsafe: Backlog; outbox: Backlog };
  /** Others on the same database, with which this server may not count together; absent for a database in memory. */
  readonly otherServers: OtherServers | undefined;
  /** Budgets that a key's calls are paid from: none for a key that is not there. */
  budgets(keyId: string, user: string | undefined): Promise<BudgetUse[]>;
  /** Who of all processes does what only one of them should; absent without Redis. */
  readonly claims: Claims | undefined;
  /** Asks the database, and Redis where there is one, whether they are there. */
  checkDependencies(): Promise<{ database: DependencyState; redis?: DependencyState }>;
  readonly recorder: Recorder;
  close(milliseconds: number): Promise<void>;
}

/**
 * @param warn tells the log, once in a while, of what goes wrong behind the scenes
 * @param tell publishes events: outages of the stores, and of the ledger
 */
export async function openAccounts(
  settings: AccountsSettings,
  clock: Clock,
  warn: (message: string) => void,
  tell: Tell = () => {},
): Promise<Accounts> {
  const database: Database = await openDatabase(settings.databaseUrl);
  const ledger = await openLedger(database, { outboxPath: settings.outboxPath, warn, tell });
  const unavailable = (error: unknown) => {
    throw new CountersUnavailable(error);
  };
  const reader: LedgerReader = {
    spentSince: (subject, since) => ledger.spentSince(subject, since).catch(unavailable),
    outcomeOf: (call) => ledger.outcomeOf(call).catch(unavailable),
  };
  const local = new MemoryCounters(clock, reader);
  const shared = settings.redisUrl ? await connect(settings, clock, reader, warn, tell) : undefined;
  const redis = shared?.redis;
  const counters = shared
    ? new FailoverCounters(shared.counters, local, settings.whenRedisIsUnavailable)
    : local;
  const writer = new RetryingWriter(ledger, { logPrompts: settings.logPrompts, warn, tell });
  const admission = new Admission(counters, clock, writer);
  const keys = new KeyStore(database);
  const authenticator = new CallerAuthenticator(keys, admission, clock);
  const sessions = new BrowserSessions(database, keys, clock, settings.adminKey);
  const projects = new ProjectStore(database);
  const spending = new SpendingReport(counters, ledger);
  const changed = () => {
    authenticator.forgetAll();
    sessions.forgetAll();
  };
  const marks = await marksOn(database);
  const otherServers = marks && new OtherServers({ marks, sharesCounts: Boolean(redis), clock, warn });
  let stopSharing = async () => {};
  const prune = () =>
    ledger
      .prune(clock.now() - settings.retention)
      .catch((error: Error) => warn(`Old ledger rows were not deleted: ${error.message}`));
  const pruning = setInterval(() => {
    if (settings.retention > 0) void prune();
    ledger.pruneRefused(clock.now() - REFUSED_RETENTION).catch(() => {});
  }, PRUNE_EVERY).unref();
  return {
    keyAdmin: new KeyAdmin(keys, projects, spending, { changed, rotated: (id) => sessions.endAllOf(id) }),
    projectAdmin: new ProjectAdmin(projects, spending, { changed }),
    sessions,
    keyNames: new KeyNames(database),
    audit: new AuditLog(database),
    refusedRequests: refusedRequests((row) => ledger.writeRow(row), clock),
    sharedAnswers: redis && sharedAnswers(redis),
    sharedValues: redis && sharedValues(redis),
    ledger,
    counters,
    authenticator,
    problem: () => writer.problem,
    backlogs: () => ({
      unsafe: writer.backlog,
      outbox: ledger.backlog?.() ?? { rows: 0, oldestAt: undefined },
    }),
    otherServers,
    async budgets(keyId, user) {
      const key = await keys.get(keyId);
      return key ? budgetsOf(payersOf(key, user).subjects, counters) : [];
    },
    claims: redis && redisClaims(redis),
    async checkDependencies() {
      const { checkDatabase, checkRedis } = await import('./dependency-checks.ts');
      const [one, other] = await Promise.all([
        checkDatabase(database, clock),
        redis && checkRedis(redis, clock),
      ]);
      return { database: one, ...(other && { redis: other }) };
    },
    recorder: writer,
    async shareCooldowns(cooldowns) {
      await persistCooldowns(cooldowns, database, warn);
      if (redis) stopSharing = await shareCooldowns(cooldowns, redis);
    },
    async close(milliseconds) {
      clearInterval(pruning);
      await writer.close();
      await Promise.all([ledger.close(milliseconds), otherServers?.close()]);
      await counters.close();
      await stopSharing();
      redis?.destroy();
      await database.close();
    },
  };
}

/** Each is loaded only where it is needed. */
async function marksOn(database: Database): Promise<ServerMarks | undefined> {
  if (database.kind === 'postgres')
    return (await import('./database/server-marks-in-postgres.ts')).serverMarksInPostgres(database);
  if (!database.path) return undefined;
  return (await import('./database/server-marks-in-files.ts')).serverMarksInFiles(database.path);
}

/** Redis's client is loaded only where there is a Redis: it takes 15 MB of memory. */
async function connect(
  { redisUrl, databaseUrl, holdLease }: AccountsSettings,
  clock: Clock,
  ledger: LedgerReader,
  warn: (message: string) => void,
  tell: Tell,
) {
  const [{ connectRedis }, { RedisCounters }] = await Promise.all([
    import('../redis/connection.ts'),
    import('./limits/redis/redis-counters.ts'),
  ]);
  const redis = await connectRedis(redisUrl!, warn, (reason) =>
    tell(
      reason === undefined
        ? { type: 'store_available', store: 'redis' }
        : { type: 'store_unavailable', store: 'redis', reason },
    ),
  );
  const options = { lease: holdLease, ledger: placeOf(databaseUrl) };
  return { redis, counters: new RedisCounters(redis, clock, ledger, options) };
}

/** The same for all processes over one database; holds no password. */
function placeOf(databaseUrl: string): string {
  const place = databaseUrl.replace(/\/\/[^@/]*@/, '//').replace(/\?.*$/, '');
  return hash('sha256', place, 'base64url').slice(0, 16);
}
