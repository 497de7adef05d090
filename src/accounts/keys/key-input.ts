/** What people may say of a key or project, checked field by field; every error names the field and the fix. */
import { z } from 'zod';
import { GUARDRAIL_RULES } from '../../core/guardrail-rule.ts';
import { parseBody } from '../../failures/parse-body.ts';
import {
  fromPeople,
  LIMIT_KINDS,
  type LimitKind,
  PERIODS,
  toPeople,
  USER_LIMIT_KINDS,
  USER_PREFIX,
} from '../limits/limit-table.ts';
import { type Limits, limitNumber, limitsFrom } from '../limits/limits.ts';
import type { Key, KeyFields, Project, ProjectFields } from './key.ts';
import type { KeyState } from './key-list.ts';

const EXAMPLE = '{"alias": "web"}';

const count = z.int('must be a whole number').min(1, 'must be at least 1').nullish();
const dollars = z
  .number('must be a number of dollars')
  .min(1e-9, 'must be at least 0.000000001')
  .max(9_000_000, 'must be at most 9000000')
  .nullish();
const name = z
  .string('must be a text')
  .trim()
  .min(1, 'must not be empty')
  .max(128, 'must have at most 128 characters')
  // PostgreSQL does not take it.
  .refine((text) => !text.includes('\0'), 'must not contain the character U+0000');

type FieldOf<Kind> = Kind extends { readonly field: infer Field extends string } ? Field : never;
type LimitField = FieldOf<(typeof LIMIT_KINDS)[number]>;
type UserLimitField = FieldOf<Extract<(typeof LIMIT_KINDS)[number], { readonly isForUsers: true }>>;

/** A field for each kind of limit. */
function limitSchemas<Name extends string>(kinds: readonly LimitKind[], prefix = '') {
  const fields = kinds.map(({ field, unit }) => [prefix + field, unit === 'dollars' ? dollars : count]);
  return Object.fromEntries(fields) as Record<Name, typeof count>;
}

const limitFields = {
  ...limitSchemas<LimitField>(LIMIT_KINDS),
  budget_period: z.enum(PERIODS, `must be ${PERIODS.join(', ').replace(/, (?=\w+$)/, ' or ')}`).nullish(),
};
const projectFields = { alias: name, ...limitFields };
const keyFields = {
  ...projectFields,
  /** Id or alias. */
  project: name.nullish(),
  user: name.nullish(),
  models: z.array(name, 'must be a list of model names').min(1, 'must name at least one model').nullish(),
  guardrail: z.enum(GUARDRAIL_RULES, 'must be default, always or off').nullish(),
  ...limitSchemas<`${typeof USER_PREFIX}${UserLimitField}`>(USER_LIMIT_KINDS, USER_PREFIX),
  expires_at: z.iso
    .datetime({ offset: true, error: 'must be a time such as 2027-01-31T00:00:00Z' })
    .refine((text) => Date.parse(text) > Date.now(), 'must be in the future')
    .nullish(),
};

/** The body that makes or changes a project; also what the description of the API shows. */
export const projectSchema = z.strictObject(projectFields);

/** The body that makes or changes a key; also what the description of the API shows. */
export const keySchema = z.strictObject(keyFields);

/** A project's body after the check: limits in the units people write (dollars, not nano-dollars). */
export type ProjectInput = z.output<typeof projectSchema>;

/** A key's body after the check: limits in the units people write (dollars, not nano-dollars), times in ISO 8601. */
export type KeyInput = z.output<typeof keySchema>;

/** @throws {Failure} `invalid_request` */
export function parseProject(body: unknown): ProjectInput {
  return parseBody(projectSchema, body, EXAMPLE);
}
/** @throws {Failure} `invalid_request` */
export function parseKey(body: unknown): KeyInput {
  return parseBody(keySchema, body, EXAMPLE);
}
/** A change names only what changes; `null` removes a limit. @throws {Failure} `invalid_request` */
export function parseProjectChange(body: unknown): Partial<ProjectInput> {
  return parseBody(projectSchema.partial(), body, EXAMPLE);
}
/** @throws {Failure} `invalid_request` */
export function parseKeyChange(body: unknown): Partial<KeyInput> {
  return parseBody(keySchema.partial(), body, EXAMPLE);
}

/** From what people wrote to what is stored: dollars become nano-dollars. */
export function projectFieldsOf(input: ProjectInput): ProjectFields {
  return { alias: input.alias, limits: limitsOf(input, LIMIT_KINDS) };
}

/** @param project what the input's `project` turned out to be */
export function keyFieldsOf(input: KeyInput, project: Project | null): KeyFields {
  return {
    alias: input.alias,
    limits: limitsOf(input, LIMIT_KINDS),
    projectId: project?.id ?? null,
    user: input.user ?? null,
    models: input.models ?? null,
    guardrail: input.guardrail ?? 'default',
    userLimits: limitsOf(input, USER_LIMIT_KINDS, USER_PREFIX),
    expiresAt: input.expires_at ? Date.parse(input.expires_at) : null,
  };
}

function limitsOf(input: ProjectInput | KeyInput, kinds: readonly LimitKind[], prefix = ''): Limits {
  const fields = input as unknown as Readonly<Record<string, number | null | undefined>>;
  const values = kinds.map(({ name, field, unit }) => {
    const value = fields[prefix + field];
    return [name, value == null ? undefined : fromPeople(unit, value)] as const;
  });
  return limitsFrom(values, input.budget_period ?? undefined);
}

/** As people read it and could have written it: the fields of the input, `null` where there is none. */
export function projectOutput({ id, alias, limits, createdAt }: Project) {
  return {
    id,
    alias,
    ...limitsOutput<LimitField>(limits, LIMIT_KINDS),
    budget_period: limits.budget?.period ?? null,
    created_at: new Date(createdAt).toISOString(),
  };
}

/** A key as the API replies it (snake case, dollars, ISO 8601): never with the token, which is shown once. */
export function keyOutput(key: Key) {
  const { userLimits } = key;
  return {
    id: key.id,
    alias: key.alias,
    last_four: key.lastFour,
    project: key.project?.id ?? null,
    project_alias: key.project?.alias ?? null,
    user: key.user,
    models: key.models,
    guardrail: key.guardrail,
    ...limitsOutput<LimitField>(key.limits, LIMIT_KINDS),
    budget_period: (key.limits.budget ?? userLimits.budget)?.period ?? null,
    ...limitsOutput<`${typeof USER_PREFIX}${UserLimitField}`>(userLimits, USER_LIMIT_KINDS, USER_PREFIX),
    expires_at: key.expiresAt === null ? null : new Date(key.expiresAt).toISOString(),
    state: stateOf(key, Date.now()),
    blocked_at: key.blockedAt === null ? null : new Date(key.blockedAt).toISOString(),
    revoked_at: key.revokedAt === null ? null : new Date(key.revokedAt).toISOString(),
    created_at: new Date(key.createdAt).toISOString(),
  };
}

function stateOf({ revokedAt, blockedAt, expiresAt }: Key, now: number): KeyState {
  if (revokedAt !== null) return 'revoked';
  if (blockedAt !== null) return 'blocked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}

function limitsOutput<Name extends string>(limits: Limits, kinds: readonly LimitKind[], prefix = '') {
  const fields = kinds.map(({ name, field, unit }) => {
    const value = limitNumber(limits, name);
    return [prefix + field, value === undefined ? null : toPeople(unit, value)];
  });
  return Object.fromEntries(fields) as Record<Name, number | null>;
}
