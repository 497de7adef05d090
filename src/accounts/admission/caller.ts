/** Callers as the pipeline knows them: who they are, which models they may use, and on which terms. */
import type { AdmissionAsk, Admitted, Caller } from '../../chat/admission.ts';
import { unlimited } from '../../chat/admission.ts';
import type { Key } from '../keys/key.ts';
import type { Admission } from './admission.ts';

/** A key that was authenticated, and its caller, who is never the administrator. */
export interface AuthenticatedKey {
  readonly key: Key;
  readonly caller: Caller;
  readonly isAdmin: false;
  readonly mayManage: false;
}

/** Whoever needs no key: this machine in open mode, everyone where that is wanted, the administrator. */
export function callerWithoutLimits(scope: string, keyId: string | null = null): Caller {
  return {
    scope,
    keyId,
    projectId: null,
    user: null,
    models: undefined,
    label: scope,
    admit: ({ id }) => unlimited(id),
    forecast: async () => ({ refusal: undefined, limit: undefined, remaining: {}, terms: undefined }),
  };
}

/** Answers are shared within a project, or within the key where it belongs to none. */
export function callerWithKey(key: Key, admission: Admission): Caller {
  return {
    scope: key.project ? `project:${key.project.id}` : `key:${key.id}`,
    keyId: key.id,
    projectId: key.project?.id ?? null,
    user: key.user,
    guardrail: key.guardrail,
    models: key.models ?? undefined,
    label: `key ${key.alias}`,
    admit: (ask: AdmissionAsk): Admitted | Promise<Admitted> => admission.admit(key, ask),
    forecast: (ask) => admission.forecast(key, ask),
  };
}
