/** Keys, projects and the audit, as the description of the API shows their replies; a test holds real replies to them. */
import { z } from 'zod';
import { KEY_STATES } from '../../accounts/keys/key-list.ts';
import { LIMIT_KINDS, USER_LIMIT_KINDS, USER_PREFIX } from '../../accounts/limits/limit-table.ts';
import { GUARDRAIL_RULES } from '../../core/guardrail-rule.ts';
import { cursor, number, orNull, text, time } from './schema-parts.ts';

const limit = orNull(number);
const limits = {
  ...Object.fromEntries(LIMIT_KINDS.map(({ field }) => [field, limit])),
  budget_period: orNull(text),
};
const spending = {
  spent_usd: number,
  held_usd: number,
  remaining_usd: orNull(number),
  resets_at: orNull(time),
};
const keyShape = {
  id: text,
  alias: text,
  last_four: text,
  project: orNull(text),
  project_alias: orNull(text),
  user: orNull(text),
  models: orNull(z.array(text)),
  guardrail: z.enum(GUARDRAIL_RULES),
  ...limits,
  ...Object.fromEntries(USER_LIMIT_KINDS.map(({ field }) => [USER_PREFIX + field, limit])),
  expires_at: orNull(time),
  state: z.enum(KEY_STATES),
  blocked_at: orNull(time),
  revoked_at: orNull(time),
  created_at: time,
};

/** A key, as changes reply it: what it has spent is not asked for then. */
export const changedKey = z.looseObject(keyShape);

/** A key that was made or has a new secret. */
export const newKey = changedKey.extend({ key: text.describe('Shown this once') });

/** A key with what it has spent, as lists and `GET /keys/{id}` show it. */
export const key = changedKey.extend(spending);

/** A page of `GET /keys`. */
export const keyPage = z.object({ data: z.array(key), next_cursor: cursor });

/** A project, as changes reply it. */
export const changedProject = z.looseObject({ id: text, alias: text, ...limits, created_at: time });

/** A project with what it has spent. */
export const project = changedProject.extend(spending);

/** `GET /projects`: there are few, and no pages. */
export const projectList = z.object({
  data: z.array(project.extend({ keys: z.int().describe('Those that are not revoked') })),
});

/** A page of `GET /audit`. */
export const auditPage = z.object({
  data: z.array(
    z.object({
      id: text,
      at: time,
      actor: text,
      action: text,
      subject: text,
      subject_alias: orNull(text),
      details: z.looseObject({}),
    }),
  ),
  next_cursor: cursor,
});
