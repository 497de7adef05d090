/** The routes that say whether the process is up and whether it can answer. */

export const HEALTH_PATHS = ['/health/live', '/health/ready'];

export interface HealthParts {
  /** @returns why the server cannot answer, or nothing when it can */
  readonly notReady: () => string | undefined;
}

export interface HealthReply {
  readonly status: number;
  readonly body: object;
}

/** @returns nothing for a path that is neither */
export function healthReply(path: string, { notReady }: HealthParts): HealthReply | undefined {
  if (path === '/health/live') return { status: 200, body: { status: 'ok' } };
  if (path !== '/health/ready') return undefined;
  const problem = notReady();
  return problem
    ? { status: 503, body: { status: 'not ready', problem } }
    : { status: 200, body: { status: 'ready' } };
}
