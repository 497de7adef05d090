/** Signing in with a browser: a key for a cookie that scripts cannot read. */
import { z } from 'zod';
import { LIMIT_KINDS, type LimitKind } from '../../accounts/limits/limit-table.ts';
import { Failure, invalidRequest } from '../../failures/failure.ts';
import type { ApiServices, Endpoint, Identity, PlainCall, PlainReply } from '../endpoint.ts';
import { openAiErrors } from '../openai-chat/openai-error.ts';
import { sessionCookie } from '../session-cookie.ts';

const route = {
  kind: 'plain',
  format: openAiErrors,
  access: 'anyone',
  identifies: () => true,
  paths: ['/session'],
} as const;

/** A key is short. */
const MAX_BODY_BYTES = 4 * 1024;

/** The body that signs in: any key that works, the administrator's or a caller's. */
export const sessionBody = z.object({ key: z.string().trim().min(1).max(1_024) });

/** `GET`, `POST` and `DELETE /session`: who is signed in, signing in, signing out. */
export const sessionEndpoints: readonly Endpoint[] = [
  { ...route, method: 'GET', answer: ({ identity }, services) => ({ body: sessionOf(identity, services) }) },
  {
    ...route,
    method: 'POST',
    isForOwnPages: true,
    hasBody: true,
    maxBodyBytes: MAX_BODY_BYTES,
    answer: signIn,
  },
  { ...route, method: 'DELETE', isForOwnPages: true, answer: signOut },
];

/** @throws {Failure} `unauthorized` for a key that is not valid, `rate_limited` after too many of them */
async function signIn(
  { body, address, isSecure, identity: before }: PlainCall,
  services: ApiServices,
): Promise<PlainReply> {
  if (!before && services.about.mode === 'open') {
    const message = 'Without ADMIN_KEY this server answers only direct calls from its own machine.';
    throw new Failure('unauthorized', message);
  }
  const parsed = sessionBody.safeParse(body);
  if (!parsed.success) throw invalidRequest('Send the key to sign in with: {"key": "…"}.', 'key');
  const identity = await services.sessions.signIn(parsed.data.key, address);
  if (identity.isAdmin) {
    const details = { address };
    await services.accounts.audit.record({
      actor: 'admin',
      action: 'session.create',
      subject: 'admin',
      details,
    });
  }
  // What the browser had before is worth nothing from now on, wherever it came from.
  if (before?.session) await services.sessions.signOut(before.session.token);
  const { token, expiresAt } = identity.session!;
  const seconds = Math.floor((expiresAt - services.chat().clock.now()) / 1_000);
  return {
    headers: ['set-cookie', sessionCookie(token, seconds, isSecure)],
    body: sessionOf(identity, services),
  };
}

async function signOut({ identity, isSecure }: PlainCall, services: ApiServices): Promise<PlainReply> {
  if (identity?.session) await services.sessions.signOut(identity.session.token);
  const headers = ['set-cookie', sessionCookie('', 0, isSecure)];
  // In open mode nobody is signed out: this machine needs no session.
  return { headers, body: sessionOf(undefined, services) };
}

/** Limits that are counts, as the page of keys asks for them and lists them. */
const COUNT_LIMITS = LIMIT_KINDS.flatMap(({ field, label, unitWords, isForUsers }: LimitKind) =>
  unitWords === undefined ? [] : [{ field, label, unit: unitWords, for_users: isForUsers }],
);

function sessionOf(identity: Identity | undefined, { about }: ApiServices) {
  const { mode, ...rest } = about;
  const key = identity?.key;
  return {
    mode,
    role: identity ? roleOf(identity) : null,
    may_manage: identity?.mayManage ?? false,
    key: key ? { id: key.id, alias: key.alias, project: key.project?.alias ?? null, user: key.user } : null,
    expires_at: identity?.session ? new Date(identity.session.expiresAt).toISOString() : null,
    limits: COUNT_LIMITS,
    ...rest,
  };
}

function roleOf({ isAdmin, key }: Identity): 'admin' | 'caller' | 'anonymous' {
  if (isAdmin) return 'admin';
  return key ? 'caller' : 'anonymous';
}
