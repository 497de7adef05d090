/** Keys and projects as rows of their tables, and back. */
import type { Selectable } from 'kysely';
import type { KeysTable, ProjectsTable } from '../database/schema.ts';
import type { Limits, Period } from '../limits/limits.ts';
import type { Key, KeyFields, Project, ProjectFields } from './key.ts';

type KeyRow = Selectable<KeysTable>;
type ProjectRow = Selectable<ProjectsTable>;

function limitColumns({ rpm, tpm, maxConcurrency, budget }: Limits) {
  return {
    rpm: rpm ?? null,
    tpm: tpm ?? null,
    max_concurrency: maxConcurrency ?? null,
    budget_nano: budget?.amount ?? null,
    budget_period: budget?.period ?? null,
  };
}

export function projectColumns({ alias, limits }: ProjectFields) {
  return { alias, ...limitColumns(limits) };
}

export function keyColumns(fields: KeyFields) {
  const { userLimits } = fields;
  return {
    ...projectColumns(fields),
    project_id: fields.projectId,
    user: fields.user,
    models: fields.models && JSON.stringify(fields.models),
    user_rpm: userLimits.rpm ?? null,
    user_tpm: userLimits.tpm ?? null,
    user_budget_nano: userLimits.budget?.amount ?? null,
    // Users' budgets run over the same period as the key's.
    budget_period: fields.limits.budget?.period ?? userLimits.budget?.period ?? null,
    expires_at: fields.expiresAt,
  };
}

function limitsOf(row: Omit<KeyRow, 'user_rpm'> | ProjectRow): Limits {
  return {
    ...(row.rpm !== null && { rpm: row.rpm }),
    ...(row.tpm !== null && { tpm: row.tpm }),
    ...(row.max_concurrency !== null && { maxConcurrency: row.max_concurrency }),
    ...(row.budget_nano !== null && {
      budget: { amount: row.budget_nano, period: (row.budget_period ?? 'month') as Period },
    }),
  };
}

function userLimitsOf(row: KeyRow): Limits {
  return {
    ...(row.user_rpm !== null && { rpm: row.user_rpm }),
    ...(row.user_tpm !== null && { tpm: row.user_tpm }),
    ...(row.user_budget_nano !== null && {
      budget: { amount: row.user_budget_nano, period: (row.budget_period ?? 'month') as Period },
    }),
  };
}

export function keyOf(row: KeyRow, projects: ReadonlyMap<string, Project>): Key {
  return {
    id: row.id,
    alias: row.alias,
    lastFour: row.last_four,
    project: row.project_id === null ? null : (projects.get(row.project_id) ?? null),
    user: row.user,
    models: row.models === null ? null : (JSON.parse(row.models) as string[]),
    limits: limitsOf(row),
    userLimits: userLimitsOf(row),
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    createdAt: row.created_at,
  };
}

export function projectOf(row: ProjectRow): Project {
  return { id: row.id, alias: row.alias, limits: limitsOf(row), createdAt: row.created_at };
}
