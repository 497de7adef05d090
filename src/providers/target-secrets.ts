/** What of a target must never be read by anybody: its key, and what its headers and its address carry besides. */
import { Redactor } from '../core/redactor.ts';
import type { Target } from './provider.ts';

/** Headers by which gateways and proxies know their callers. */
const SECRET_HEADER = /auth|key|token|secret|password|cookie|credential|signature/i;

/** The secrets themselves, for redaction. A password in an address is one. */
export function secretsOf({ apiKey, headers, baseUrl }: Pick<Target, 'apiKey' | 'headers' | 'baseUrl'>) {
  const values = Object.entries(headers).flatMap(([name, value]) =>
    SECRET_HEADER.test(name) ? [value] : [],
  );
  return [apiKey, ...values, ...passwordsOf(baseUrl)].filter((secret) => secret !== undefined);
}

/** @returns the password of a URL, as it is written and as it is meant */
export function passwordsOf(url: string | undefined): string[] {
  const password = url === undefined ? '' : (URL.parse(url)?.password ?? '');
  if (password === '') return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/** Keyed weakly: a reloaded configuration makes new targets, and the redactors of the old ones go with them. */
const redactors = new WeakMap<Target, Redactor>();

/** Takes a target's secrets out of texts; made once a target. */
export function redactorOf(target: Target): Redactor {
  let redactor = redactors.get(target);
  if (!redactor) {
    redactor = new Redactor(secretsOf(target));
    redactors.set(target, redactor);
  }
  return redactor;
}
