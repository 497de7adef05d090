/**
 * The kinds of limits, once. Fields of the HTTP interface, flags of `npm run keys`, columns of the tables and their checks
 * are made of this list. A new kind is a line here and its check in the two counters (memory-counters.ts, redis/admit.lua).
 */
import { fromDollars, toDollars } from '../../core/money.ts';

/** How a limit is written by people: a whole number, or dollars that are kept as nano-dollars. */
export type Unit = 'count' | 'dollars';

export interface LimitKind {
  /** As the counters know it: a field of `Limits`. */
  readonly name: 'rpm' | 'tpm' | 'maxConcurrency' | 'budget';
  /** In JSON. */
  readonly field: string;
  /** In the tables of keys and projects. */
  readonly column: string;
  /** `--rpm`. */
  readonly flag: string;
  readonly unit: Unit;
  /** A key can give it to each of its users, as `user_<field>`. */
  readonly isForUsers: boolean;
}

export const LIMIT_KINDS = [
  { name: 'rpm', field: 'rpm', column: 'rpm', flag: 'rpm', unit: 'count', isForUsers: true },
  { name: 'tpm', field: 'tpm', column: 'tpm', flag: 'tpm', unit: 'count', isForUsers: true },
  {
    name: 'maxConcurrency',
    field: 'max_concurrency',
    column: 'max_concurrency',
    flag: 'max-concurrency',
    unit: 'count',
    isForUsers: false,
  },
  {
    name: 'budget',
    field: 'budget_usd',
    column: 'budget_nano',
    flag: 'budget',
    unit: 'dollars',
    isForUsers: true,
  },
] as const satisfies readonly LimitKind[];

export const PERIODS = ['day', 'week', 'month', 'total'] as const;
export type Period = (typeof PERIODS)[number];

/** The kinds that each user of a key may have. */
export const USER_LIMIT_KINDS = LIMIT_KINDS.filter(({ isForUsers }) => isForUsers);

/** Names with what comes before those of a key's users. */
export const USER_PREFIX = 'user_';

/** The inner value of what people wrote. */
export function fromPeople(unit: Unit, value: number): number {
  return unit === 'dollars' ? fromDollars(value) : value;
}

export function toPeople(unit: Unit, value: number): number {
  return unit === 'dollars' ? toDollars(value) : value;
}
