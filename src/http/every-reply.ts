/** What every reply has, and the one place where errors leave. */
import type { ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { asFailure } from '../routing/failures.ts';
import type { AccountsRoutesParts } from './accounts-routes.ts';
import type { CompletionsParts } from './completions.ts';
import { type Head, sendFailure } from './errors.ts';
import type { HealthParts } from './health.ts';

export interface AppParts extends CompletionsParts, HealthParts {
  readonly log: Logger;
  readonly isDemo: boolean;
  readonly corsOrigins: readonly string[];
  /** Names of models and chains, and who makes them. */
  readonly modelList: () => { id: string; owned_by: string }[];
  /** The page for people. */
  readonly page: () => string;
  readonly accounts: Pick<AccountsRoutesParts, 'keyAdmin' | 'ledger'>;
}

/** Whatever becomes of the request. */
export function headOfAll(id: string, { isDemo }: AppParts): Head {
  return isDemo ? ['x-request-id', id, 'x-demo', 'true'] : ['x-request-id', id];
}

export function refuse(
  error: unknown,
  { path, id, head }: { path: string; id: string; head: Head },
  response: ServerResponse,
  log: Logger,
): void {
  const failure = asFailure(error);
  const { kind, status, cause } = failure;
  if (kind === 'internal') log.error({ id, path, err: cause }, 'internal fault');
  else log.info({ id, path, kind, status }, 'refused');
  sendFailure(response, failure, id, head);
}
