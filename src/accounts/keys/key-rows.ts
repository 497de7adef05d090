/** Keys and projects as rows of their tables, and back. */
import type { Selectable } from 'kysely';
import type { GuardrailRule } from '../../core/guardrail-rule.ts';
import type { KeysTable, LimitColumn, ProjectsTable, UserLimitColumns } from '../database/schema.ts';
import { LIMIT_KINDS, type LimitKind, USER_LIMIT_KINDS, USER_PREFIX } from '../limits/limit-table.ts';
import { type Limits, limitNumber, limitsFrom, type Period } from '../limits/limits.ts';
import type { Key, KeyFields, Project, ProjectFields } from './key.ts';

type KeyRow = Selectable<KeysTable>;
type ProjectRow = Selectable<ProjectsTable>;

type Columns<Names extends string> = Record<Names, number | null>;

/** @param prefix before the columns: those of a key's users have one */
function limitColumns<Names extends string>(
  limits: Limits,
  kinds: readonly LimitKind[],
  prefix = '',
): Columns<Names> {
  const columns = kinds.map(({ name, column }) => [prefix + column, limitNumber(limits, name) ?? null]);
  return Object.fromEntries(columns) as Columns<Names>;
}

/** The columns of a project that people decide. */
export function projectColumns({ alias, limits }: ProjectFields) {
  return {
    alias,
    ...limitColumns<LimitColumn>(limits, LIMIT_KINDS),
    budget_period: limits.budget?.period ?? null,
  };
}

/** The columns of a key that people decide; its secret, state and times are not among them. */
export function keyColumns(fields: KeyFields) {
  const { userLimits } = fields;
  return {
    ...projectColumns(fields),
    project_id: fields.projectId,
    user: fields.user,
    models: fields.models && JSON.stringify(fields.models),
    guardrail: fields.guardrail === 'default' ? null : fields.guardrail,
    ...limitColumns<keyof UserLimitColumns>(userLimits, USER_LIMIT_KINDS, USER_PREFIX),
    // Users' budgets run over the same period as the key's.
    budget_period: fields.limits.budget?.period ?? userLimits.budget?.period ?? null,
    expires_at: fields.expiresAt,
  };
}

function limitsOf(row: KeyRow | ProjectRow, kinds: readonly LimitKind[], prefix = ''): Limits {
  const columns = row as unknown as Readonly<Record<string, number | null>>;
  const values = kinds.map(({ name, column }) => [name, columns[prefix + column]] as const);
  return limitsFrom(values, (row.budget_period ?? undefined) as Period | undefined);
}

/** A key from its row. @param projects those that are not deleted, by id */
export function keyOf(row: KeyRow, projects: ReadonlyMap<string, Project>): Key {
  const isOrphan = row.project_id !== null && !projects.has(row.project_id);
  return {
    id: row.id,
    alias: row.alias,
    lastFour: row.last_four,
    project: row.project_id === null ? null : (projects.get(row.project_id) ?? null),
    user: row.user,
    models: row.models === null ? null : (JSON.parse(row.models) as string[]),
    guardrail: (row.guardrail ?? 'default') as GuardrailRule,
    limits: limitsOf(row, LIMIT_KINDS),
    userLimits: limitsOf(row, USER_LIMIT_KINDS, USER_PREFIX),
    expiresAt: row.expires_at,
    blockedAt: row.blocked_at,
    // A key whose project is gone would be without the project's limits: it does not work any more.
    revokedAt: row.revoked_at ?? (isOrphan ? row.created_at : null),
    createdAt: row.created_at,
  };
}

/** A project from its row. */
export function projectOf(row: ProjectRow): Project {
  return { id: row.id, alias: row.alias, limits: limitsOf(row, LIMIT_KINDS), createdAt: row.created_at };
}
