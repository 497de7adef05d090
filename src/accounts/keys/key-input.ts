/** What people may say of a key or project, checked field by field; every complaint names the field and the mend. */
import { z } from 'zod';
import { fromDollars, toDollars } from '../../core/money.ts';
import { nearest } from '../../core/nearest.ts';
import { invalidRequest } from '../../routing/failures.ts';
import type { Limits } from '../limits/limits.ts';
import type { Key, KeyFields, Project, ProjectFields } from './key.ts';

const count = z.int('must be a whole number').min(1, 'must be at least 1').nullish();
const dollars = z
  .number('must be a number of dollars')
  .positive('must be more than 0')
  .max(9_000_000, 'must be at most 9000000')
  .nullish();
const name = z
  .string('must be a text')
  .trim()
  .min(1, 'must not be empty')
  .max(128, 'must have at most 128 characters');

const limitFields = {
  budget_usd: dollars,
  budget_period: z.enum(['day', 'week', 'month', 'total'], 'must be day, week, month or total').nullish(),
  rpm: count,
  tpm: count,
  max_concurrency: count,
};
const projectFields = { alias: name, ...limitFields };
const keyFields = {
  ...projectFields,
  /** Id or alias. */
  project: name.nullish(),
  user: name.nullish(),
  models: z.array(name, 'must be a list of model names').min(1, 'must name at least one model').nullish(),
  user_rpm: count,
  user_tpm: count,
  user_budget_usd: dollars,
  expires_at: z.iso
    .datetime({ offset: true, error: 'must be a time such as 2027-01-31T00:00:00Z' })
    .refine((text) => Date.parse(text) > Date.now(), 'must be in the future')
    .nullish(),
};
const projectSchema = z.strictObject(projectFields);
const keySchema = z.strictObject(keyFields);

export type ProjectInput = z.output<typeof projectSchema>;
export type KeyInput = z.output<typeof keySchema>;

/** @throws {Failure} `invalid_request` */
export function parseProject(body: unknown): ProjectInput {
  return parse(projectSchema, body);
}
/** @throws {Failure} `invalid_request` */
export function parseKey(body: unknown): KeyInput {
  return parse(keySchema, body);
}
/** A change names only what changes; `null` removes a limit. @throws {Failure} `invalid_request` */
export function parseProjectChange(body: unknown): Partial<ProjectInput> {
  return parse(projectSchema.partial(), body);
}
/** @throws {Failure} `invalid_request` */
export function parseKeyChange(body: unknown): Partial<KeyInput> {
  return parse(keySchema.partial(), body);
}

function parse<Output>(schema: z.ZodObject & z.ZodType<Output>, body: unknown): Output {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalidRequest('The body must be a JSON object, such as {"alias": "web"}.');
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const { issues } = result.error;
  // A misspelt field explains why the right one is missing.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const field = issue.keys[0]!;
    const meant = nearest(field, Object.keys(schema.shape));
    throw invalidRequest(`Unknown field \`${field}\`${meant ? `: did you mean \`${meant}\`?` : '.'}`, field);
  }
  const field = issue.path.map(String).join('.');
  throw invalidRequest(`\`${field}\` ${issue.message}.`, field);
}

export function projectFieldsOf(input: ProjectInput): ProjectFields {
  return { alias: input.alias, limits: limitsOf(input) };
}

/** @param project what the input's `project` turned out to be */
export function keyFieldsOf(input: KeyInput, project: Project | null): KeyFields {
  return {
    alias: input.alias,
    limits: limitsOf(input),
    projectId: project?.id ?? null,
    user: input.user ?? null,
    models: input.models ?? null,
    userLimits: limitsOf({
      rpm: input.user_rpm,
      tpm: input.user_tpm,
      budget_usd: input.user_budget_usd,
      budget_period: input.budget_period,
    }),
    expiresAt: input.expires_at ? Date.parse(input.expires_at) : null,
  };
}

function limitsOf(input: Partial<Omit<ProjectInput, 'alias'>>): Limits {
  return {
    ...(input.rpm != null && { rpm: input.rpm }),
    ...(input.tpm != null && { tpm: input.tpm }),
    ...(input.max_concurrency != null && { maxConcurrency: input.max_concurrency }),
    ...(input.budget_usd != null && {
      budget: { amount: fromDollars(input.budget_usd), period: input.budget_period ?? 'month' },
    }),
  };
}

/** As people read it and could have written it: the fields of the input, `null` where there is none. */
export function projectOutput({ id, alias, limits, createdAt }: Project) {
  return { id, alias, ...limitsOutput(limits), created_at: new Date(createdAt).toISOString() };
}

export function keyOutput(key: Key) {
  const { userLimits } = key;
  return {
    id: key.id,
    alias: key.alias,
    last_four: key.lastFour,
    project: key.project?.id ?? null,
    user: key.user,
    models: key.models,
    ...limitsOutput(key.limits),
    budget_period: (key.limits.budget ?? userLimits.budget)?.period ?? null,
    user_rpm: userLimits.rpm ?? null,
    user_tpm: userLimits.tpm ?? null,
    user_budget_usd: userLimits.budget ? toDollars(userLimits.budget.amount) : null,
    expires_at: key.expiresAt === null ? null : new Date(key.expiresAt).toISOString(),
    revoked_at: key.revokedAt === null ? null : new Date(key.revokedAt).toISOString(),
    created_at: new Date(key.createdAt).toISOString(),
  };
}

function limitsOutput({ rpm, tpm, maxConcurrency, budget }: Limits) {
  return {
    budget_usd: budget ? toDollars(budget.amount) : null,
    budget_period: budget?.period ?? null,
    rpm: rpm ?? null,
    tpm: tpm ?? null,
    max_concurrency: maxConcurrency ?? null,
  };
}
