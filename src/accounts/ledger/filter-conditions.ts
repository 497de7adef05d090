/** The filter of ledger rows as conditions of a query. Apart from the filter, as the query builder is loaded with the first question. */
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { type FailureKind, failureTable } from '../../failures/failure-table.ts';
import type { Engine, Schema } from '../database/schema.ts';
import type { LedgerFilter } from './ledger-filter.ts';

type Ledger = ExpressionBuilder<Schema, 'ledger'>;

const COLUMNS = {
  keyId: 'key_id',
  projectId: 'project_id',
  user: 'user',
  door: 'door',
  agent: 'agent',
  session: 'session',
} as const;

/** @returns what a row must be */
export function matches(filter: LedgerFilter, engine: Engine) {
  return (is: Ledger): Expression<SqlBool> => {
    const conditions: Expression<SqlBool>[] = [];
    for (const [name, column] of Object.entries(COLUMNS) as [keyof typeof COLUMNS, 'key_id'][]) {
      const values = filter[name];
      // PostgreSQL takes no empty list.
      if (values) conditions.push(values.length > 0 ? is(column, 'in', values) : sql<SqlBool>`1 = 0`);
    }
    if (filter.from !== undefined) conditions.push(is('at', '>=', filter.from));
    if (filter.to !== undefined) conditions.push(is('at', '<', filter.to));
    if (filter.model) conditions.push(is.or(filter.model.flatMap((model) => ofModel(is, model))));
    if (filter.status) conditions.push(is.or(filter.status.map((status) => ofStatus(is, status))));
    if (filter.search) conditions.push(containing(is, filter.search, engine));
    return is.and(conditions);
  };
}

function ofModel(is: Ledger, name: string): Expression<SqlBool>[] {
  const slash = name.indexOf('/');
  const whole = [is('model', '=', name), is('chain', '=', name)];
  if (slash < 0) return whole;
  const parts = is.and([is('provider', '=', name.slice(0, slash)), is('model', '=', name.slice(slash + 1))]);
  return [...whole, parts];
}

function ofStatus(is: Ledger, status: string): Expression<SqlBool> {
  const notRefused = is('refused_status', 'is', null);
  if (status === 'refused') return is('refused_status', 'is not', null);
  if (status === 'closed') return is('error', '=', 'client_closed');
  if (status === 'ok' || status === '200') return is.and([is('error', 'is', null), notRefused]);
  // A refused request has a kind, too.
  if (status === 'error')
    return is.and([is('error', 'is not', null), is('error', '<>', 'client_closed'), notRefused]);
  if (!/^\d+$/.test(status)) return is('error', '=', status);
  const kinds = (Object.keys(failureTable) as FailureKind[]).filter(
    (kind) => failureTable[kind].status === Number(status),
  );
  const answered = kinds.length > 0 ? [is.and([is('error', 'in', kinds), notRefused])] : [];
  return is.or([is('refused_status', '=', Number(status)), ...answered]);
}

const SEARCHED = ['request_id', 'id', 'user', 'session', 'agent', 'model', 'error', 'prompt'] as const;

function containing(is: Ledger, text: string, engine: Engine): Expression<SqlBool> {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  // SQLite's own `like` takes capitals for small letters, as far as they are ASCII.
  const like = sql.raw(engine === 'postgres' ? 'ilike' : 'like');
  return is.or(SEARCHED.map((column) => sql<SqlBool>`${sql.ref(column)} ${like} ${pattern} escape '\\'`));
}
