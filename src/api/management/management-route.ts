/** What the routes of keys, projects, usage and receipts have in common. */
import { Failure } from '../../failures/failure.ts';
import type { Identity, PlainCall } from '../endpoint.ts';
import { openAiErrors } from '../openai-chat/openai-error.ts';

/** Keys and projects are small. */
const MAX_BODY_BYTES = 64 * 1024;

const route = { kind: 'plain', format: openAiErrors } as const;

/** For whoever changes keys and projects. */
export const managed = { ...route, access: 'manager' } as const;

/** The same for routes that take a JSON body; those are small. */
export const managedWithBody = { ...managed, hasBody: true, maxBodyBytes: MAX_BODY_BYTES } as const;
/** For everybody with a key, who sees what is their own. */
export const owned = { ...route, access: 'caller' } as const;

/** Who made a change, for the audit. */
export function actorOf({ identity }: PlainCall): string {
  return identity!.caller.scope;
}

/** Administrators see everything; a key its own. @throws {Failure} `unauthorized` for those who are neither */
export function ownKeyId({ isAdmin, key }: Identity): string | undefined {
  if (isAdmin) return undefined;
  if (!key) {
    const message = 'Usage and receipts are for the administrator and for caller keys.';
    throw new Failure('unauthorized', message, { status: 403 });
  }
  return key.id;
}
