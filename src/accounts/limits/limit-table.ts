/**
 * The kinds of limits, once. Fields of the HTTP interface and their description, flags of `npm run keys` and their help,
 * columns of the tables and their upgrade, the pages' forms, the documentation's list, and what a refused caller is told are
 * made of this list. A new kind is a line here and its check in the two counters: `checkLimits` and `take` in
 * memory-account.ts, `check` and `take` in redis/admit.lua.
 */
import { fromDollars, toDollars } from '../../core/money.ts';

/** How a limit is written by people: a whole number, or dollars that are kept as nano-dollars. */
export type Unit = 'count' | 'dollars';

/** What a call would have needed, and what there was. */
interface Shortage {
  readonly allowed: number;
  readonly left: number;
  readonly needed: number;
}

interface LimitLine {
  /** As the counters know it: a field of `Limits`. */
  readonly name: string;
  /** In JSON. */
  readonly field: string;
  /** In the tables of keys and projects. */
  readonly column: string;
  /** The version of the tables that brought the column, where it is not the first: the one after SCHEMA_VERSION. */
  readonly since?: number;
  /** What it limits, for forms and the documentation. */
  readonly label: string;
  /** What follows its number in a list; a budget is drawn as a bar. */
  readonly unitWords?: string;
  /** `--rpm`. */
  readonly flag: string;
  /** A value for the help of the flag. */
  readonly example: string;
  readonly unit: Unit;
  /** A key can give it to each of its users, as `user_<field>`. */
  readonly isForUsers: boolean;
  /** Its check reads how many tokens a call takes, which nobody bounds where no limit asks for it. */
  readonly needsTokens?: boolean;
  /** As explanations of a request name it. */
  readonly reportedAs: string;
  /** What follows "The key web" where a call is refused; a budget has its own words. */
  readonly refusal?: (shortage: Shortage) => string;
  /** What helps a call that is too big for the limit, however long it waits. */
  readonly fix?: string;
  /** The rate-limit headers that a refusal has. */
  readonly rate?: 'requests' | 'tokens';
}

/** The kinds that hold for keys and projects. */
export const LIMIT_KINDS = [
  // Requests in any 60 seconds.
  {
    name: 'rpm',
    field: 'rpm',
    column: 'rpm',
    label: 'Requests a minute',
    unitWords: 'requests/min',
    flag: 'rpm',
    example: '60',
    unit: 'count',
    isForUsers: true,
    reportedAs: 'rpm',
    refusal: ({ allowed }) => `may make ${allowed} requests a minute; none is left.`,
    rate: 'requests',
  },
  // Tokens in any 60 seconds, read and written together.
  {
    name: 'tpm',
    field: 'tpm',
    column: 'tpm',
    label: 'Tokens a minute',
    unitWords: 'tokens/min',
    flag: 'tpm',
    example: '100000',
    unit: 'count',
    isForUsers: true,
    needsTokens: true,
    reportedAs: 'tpm',
    refusal: ({ allowed, left, needed }) =>
      `may use ${allowed} tokens a minute; ${left} are left and this request needs ${needed}.`,
    fix: 'Send a shorter prompt or a smaller max_tokens.',
    rate: 'tokens',
  },
  // Calls in flight.
  {
    name: 'maxConcurrency',
    field: 'max_concurrency',
    column: 'max_concurrency',
    label: 'Calls at once',
    unitWords: 'at once',
    flag: 'max-concurrency',
    example: '5',
    unit: 'count',
    isForUsers: false,
    reportedAs: 'max_concurrency',
    refusal: ({ allowed }) => `may have ${allowed} requests in flight, and has.`,
  },
  {
    name: 'budget',
    field: 'budget_usd',
    column: 'budget_nano',
    label: 'Dollars a period',
    flag: 'budget',
    example: '10',
    unit: 'dollars',
    isForUsers: true,
    reportedAs: 'budget',
  },
] as const satisfies readonly LimitLine[];

type Line = (typeof LIMIT_KINDS)[number];

/** A line of the table, for code that goes through all of them. */
export interface LimitKind extends LimitLine {
  readonly name: Line['name'];
  readonly reportedAs: Line['reportedAs'];
}

/** As explanations and refusals name a limit. */
export type LimitName = Line['reportedAs'];

/** The line of a limit, by the name under which a refusal reports it. */
export function limitKind(limit: LimitName): LimitKind {
  return LIMIT_KINDS.find(({ reportedAs }) => reportedAs === limit)!;
}

/** After what time a budget begins anew; `total` never does. */
export const PERIODS = ['day', 'week', 'month', 'total'] as const;

/** See {@link PERIODS}. */
export type Period = (typeof PERIODS)[number];

/** The kinds that each user of a key may have. */
export const USER_LIMIT_KINDS = LIMIT_KINDS.filter(({ isForUsers }) => isForUsers);

/** The kinds for which the tokens of a call have to be bounded before it is made. */
export const TOKEN_LIMIT_KINDS = LIMIT_KINDS.filter(({ needsTokens }: LimitKind) => needsTokens);

/** Names with what comes before those of a key's users. */
export const USER_PREFIX = 'user_';

/** The inner value of what people wrote. */
export function fromPeople(unit: Unit, value: number): number {
  return unit === 'dollars' ? fromDollars(value) : value;
}

/** A limit or a rest of one in the unit people read: dollars for money, the number itself for all else. */
export function toPeople(unit: Unit, value: number): number {
  return unit === 'dollars' ? toDollars(value) : value;
}
