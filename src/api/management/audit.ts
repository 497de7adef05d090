/** `GET /audit`: who changed what. */
import { z } from 'zod';
import type { AuditCursor } from '../../accounts/keys/audit-log.ts';
import { parsePeriod } from '../../accounts/ledger/period-input.ts';
import { invalidRequest } from '../../failures/failure.ts';
import type { ApiServices, Endpoint, PlainCall, PlainReply } from '../endpoint.ts';
import { openAiErrors } from '../openai-chat/openai-error.ts';
import { numberParameter, parseQuery } from '../query-string.ts';
import { periodParameters } from './ledger-filters.ts';

const USUAL_PAGE = 50;
const MAX_PAGE = 200;

const text = (description: string) => z.string().max(256, 'is too long').optional().describe(description);

/** What the query may hold; the description of the API shows the same. */
export const auditQuery = z.object({
  subject: text('The id of a key or project, or a target'),
  actor: text('`admin`, `local` or `cli`'),
  action: text('`key.create`, `project.delete`, `cooldown.lift` …'),
  ...periodParameters,
  cursor: text('`next_cursor` of the page before'),
  limit: numberParameter(1, MAX_PAGE).optional(),
});

/** Its route, for administrators. */
export const auditEndpoints: readonly Endpoint[] = [
  {
    kind: 'plain',
    method: 'GET',
    paths: ['/audit'],
    format: openAiErrors,
    access: 'admin',
    answer: listChanges,
  },
];

async function listChanges({ query }: PlainCall, { accounts }: ApiServices): Promise<PlainReply> {
  const asked = parseQuery(auditQuery, query);
  const { subject, actor, action, limit = USUAL_PAGE } = asked;
  const { from, to } = parsePeriod(asked);
  const cursor = asked.cursor === undefined ? undefined : fromCursor(asked.cursor);
  const rows = await accounts.audit.list({ subject, actor, action, from, to, cursor, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const subjects = page.map((row) => ({ key_id: row.subject, project_id: row.subject }));
  const { keys, projects } = await accounts.keyNames.aliasesOf(subjects);
  const last = page.at(-1);
  return {
    body: {
      data: page.map((row) => ({
        id: row.id,
        at: new Date(row.at).toISOString(),
        actor: row.actor,
        action: row.action,
        subject: row.subject,
        subject_alias: keys.get(row.subject) ?? projects.get(row.subject) ?? null,
        details: JSON.parse(row.details) as object,
      })),
      next_cursor: rows.length > page.length && last ? `${last.at}.${last.id}` : null,
    },
  };
}

/** @throws {Failure} `invalid_request` */
function fromCursor(cursor: string): AuditCursor {
  const [, at, id] = /^(\d{1,15})\.(.+)$/.exec(cursor) ?? [];
  if (at === undefined || id === undefined)
    throw invalidRequest('`cursor` must be the `next_cursor` of a page.', 'cursor');
  return { at: Number(at), id };
}
