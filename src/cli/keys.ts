/** `npm run keys -- …`: keys and projects from the command line, straight on the database. */
import { parseArgs } from 'node:util';
import dotenv from 'dotenv';
import { type Accounts, openAccounts } from '../accounts/accounts.ts';
import type { LedgerFilter } from '../accounts/ledger/ledger-filter.ts';
import { parsePeriod } from '../accounts/ledger/period-input.ts';
import { idsIn, parseGrouping, readableCsv, readableUsage } from '../accounts/ledger/usage/usage-input.ts';
import { LIMIT_KINDS, USER_LIMIT_KINDS, USER_PREFIX } from '../accounts/limits/limit-table.ts';
import { type ServerDatabase, serverDatabase } from '../config/server-database.ts';
import { systemClock } from '../core/clock.ts';
import { databasePlace } from '../core/database-url.ts';
import { nearest } from '../core/nearest.ts';
import { calledAs } from './called-as.ts';

/** The rest of a line is what it is for. */
const USES: readonly (readonly [string, string?])[] = [
  ['create --alias web [limits]', 'makes a key and shows it, this once'],
  ['list'],
  ['show <id>', 'limits, and what is spent'],
  ['change <id> [limits]'],
  ['rotate <id>', 'a new secret for the same key'],
  ['revoke <id>'],
  ['usage [options]', 'what was asked for, and what it cost'],
  ['create-project --alias apps [limits]'],
  ['list-projects | show-project <id> | delete-project <id>'],
];
const LONGEST = 30;

const HELP = `Keys and projects of CodeLlama Server, straight on the database of the server that this environment
starts (DATABASE_URL; in demo mode ./data/demo.db). Which one that is, is told each time.

${USES.map(([args, what]) => `  ${calledAs('keys', what ? args.padEnd(LONGEST) + what : args)}`).join('\n')}

usage:  --by day,model,key,project,user,door,agent,session  --from 2026-11-01 --to 2026-11-30  --tz Europe/Berlin
        --key <id>  --door messages  --agent claude-code  --session <id>
Limits: ${LIMIT_KINDS.map(({ flag, example }) => `--${flag} ${example}`).join('  ')}
        ${USER_LIMIT_KINDS.map(({ flag, example }) => `--user-${flag} ${example}`).join('  ')}  (of each user)
        --budget 10/month (day, week, month, total)
        --models gpt-4,codellama  --project apps  --user ada  --expires 2027-01-31T00:00:00Z
        --guardrail always (or off: whatever chain and door say)
        In \`change\`, an empty value removes a limit: --rpm ""
--json prints JSON; --quiet prints the key alone.`;

const options = {
  alias: { type: 'string' },
  models: { type: 'string' },
  project: { type: 'string' },
  user: { type: 'string' },
  guardrail: { type: 'string' },
  expires: { type: 'string' },
  by: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  tz: { type: 'string' },
  key: { type: 'string' },
  door: { type: 'string' },
  agent: { type: 'string' },
  session: { type: 'string' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** A flag for each kind of limit: `--rpm`, and `--user-rpm` for each user of a key. */
const limitFlags = [
  ...LIMIT_KINDS.map(({ flag, field }) => ({ flag: flag as string, field: field as string })),
  ...USER_LIMIT_KINDS.map(({ flag, field }) => ({ flag: `user-${flag}`, field: USER_PREFIX + field })),
];
const limitOptions = Object.fromEntries(limitFlags.map(({ flag }) => [flag, { type: 'string' as const }]));

type Values = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>['values'];
type Command = (accounts: Accounts, id: string, values: Values) => Promise<unknown>;

const ACTOR = 'cli';
const MAX_LISTED = 100_000;

const commands: Record<string, Command> = {
  create: ({ keyAdmin }, _id, values) => keyAdmin.create(fieldsOf(values), ACTOR),
  list: async ({ keyAdmin }) => ({ data: (await keyAdmin.list({ limit: MAX_LISTED })).data.reverse() }),
  show: ({ keyAdmin }, id) => keyAdmin.show(id),
  change: ({ keyAdmin }, id, values) => keyAdmin.change(id, fieldsOf(values), ACTOR),
  rotate: ({ keyAdmin }, id) => keyAdmin.rotate(id, ACTOR),
  revoke: ({ keyAdmin }, id) => keyAdmin.revoke(id, ACTOR),
  'create-project': ({ projectAdmin }, _id, values) => projectAdmin.create(fieldsOf(values), ACTOR),
  'list-projects': ({ projectAdmin }) => projectAdmin.list(),
  'show-project': ({ projectAdmin }, id) => projectAdmin.show(id),
  'delete-project': ({ projectAdmin }, id) => projectAdmin.delete(id, ACTOR),
  usage: async ({ ledger, keyNames }, _id, values) => {
    const grouping = parseGrouping(values.by, undefined);
    const { tz, ...period } = parsePeriod(values);
    const only = (value: string | undefined) => (value === undefined ? undefined : [value]);
    const { key, door, agent, session } = values;
    const filter: LedgerFilter = {
      ...period,
      ...(key !== undefined && { keyId: await keyNames.idsNamed('keys', key) }),
      ...withoutUndefined({ door: only(door), agent: only(agent), session: only(session) }),
    };
    const usage = await ledger.usage({ groupBy: grouping.groupBy, bucket: grouping.bucket, tz, filter });
    const report = readableUsage(usage, grouping, tz, await keyNames.aliasesOf(idsIn(usage)));
    return values.json ? report : readableCsv(report, grouping);
  },
};

/** Commands that are about one key or project. */
const NEEDS_ID = new Set(['show', 'change', 'rotate', 'revoke', 'show-project', 'delete-project']);

/** The fields of the API, from the flags that were given. @throws {Error} for a number that is none */
function fieldsOf(values: Values): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const set = (
    field: string,
    value: string | undefined,
    read: (text: string) => unknown = (text) => text,
  ) => {
    if (value !== undefined) fields[field] = value === '' ? null : read(value);
  };
  set('alias', values.alias);
  set('models', values.models, (text) => text.split(',').map((name) => name.trim()));
  set('project', values.project);
  set('user', values.user);
  set('guardrail', values.guardrail);
  set('expires_at', values.expires);
  const limits = values as Readonly<Record<string, string | undefined>>;
  for (const { flag, field } of limitFlags) {
    // `--budget 10/month`: the period is a field of its own.
    const [amount, period] = limits[flag]?.split('/') ?? [];
    set(field, amount, (text) => Number(text.replace(/^\$/, '')));
    if (flag === 'budget') set('budget_period', period);
  }
  return fields;
}

function withoutUndefined<Values extends object>(values: Values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function print(result: unknown, values: Values): void {
  if (typeof result === 'string') return void process.stdout.write(result);
  const { key, data } = result as { key?: string; data?: Record<string, unknown>[] };
  if (values.quiet && key) return void process.stdout.write(`${key}\n`);
  if (values.json) return void process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  if (data) return console.table(data.map(shown));
  for (const [name, value] of Object.entries(shown(result as Record<string, unknown>)))
    process.stdout.write(`${name.padEnd(16)} ${Array.isArray(value) ? value.join(', ') : value}\n`);
  if (key) process.stdout.write('\nKeep the key: it is not shown again.\n');
}

/** Without what is not set. */
function shown(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

/** To be told each time: a key is of no use at a server with another database. */
function whichDatabase({ url, isDemo, settings }: ServerDatabase): string {
  const place = `Database: ${databasePlace(url)}`;
  if (!isDemo) return place;
  const other = process.env.DATABASE_URL?.trim() ? ` and not ${databasePlace(settings.DATABASE_URL)}` : '';
  return `${place}${other}: without a provider key the server starts in demo mode, which has a database of its own. For another server's, give its provider key here, too, or NODE_ENV=production.`;
}

async function main(): Promise<void> {
  dotenv.config({ quiet: true });
  const { values, positionals } = parseArgs({
    options: { ...options, ...limitOptions },
    allowPositionals: true,
  });
  const [name, id] = positionals;
  if (values.help || !name) return void process.stdout.write(`${HELP}\n`);
  const command = commands[name];
  if (!command) {
    const meant = nearest(name, Object.keys(commands));
    throw new Error(
      `There is no command ${name}${meant ? `: did you mean ${meant}?` : '; --help lists them.'}`,
    );
  }
  if (NEEDS_ID.has(name) && !id) throw new Error(`Say which: ${calledAs('keys', `${name} <id>`)}`);
  const database = await serverDatabase(process.env);
  const { settings } = database;
  const warn = (message: string) => void process.stderr.write(`${message}\n`);
  warn(whichDatabase(database));
  const accounts = await openAccounts(
    {
      databaseUrl: database.url,
      outboxPath: settings.OUTBOX_PATH,
      logPrompts: false,
      redisUrl: settings.REDIS_URL,
      whenRedisIsUnavailable: 'closed',
      holdLease: settings.HOLD_LEASE,
      retention: 0,
    },
    systemClock,
    warn,
  );
  try {
    print(await command(accounts, id ?? '', values), values);
  } finally {
    await accounts.close(5_000);
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
