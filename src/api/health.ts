import type { RequestContext } from './api-format.ts';
import type { ApiServices, Endpoint, PlainCall, PlainReply } from './endpoint.ts';
import { openAiErrors } from './openai-chat/openai-error.ts';

const open = { kind: 'plain', method: 'GET', format: openAiErrors, access: 'anyone' } as const;

/** The routes that say whether the process is up and whether it should get calls. */
export const healthEndpoints: readonly Endpoint[] = [
  { ...open, paths: ['/health/live'], answer: () => ({ body: { status: 'ok' } }) },
  { ...open, paths: ['/health/ready'], identifies: asksForDetail, answer: answerReady },
];

/** `?strict`: degraded counts as not ready. Every part by itself is for the administrator alone. */
async function answerReady({ query, call }: PlainCall, { health }: ApiServices): Promise<PlainReply> {
  const readiness = health.readiness();
  const isStrict = new URLSearchParams(query).has('strict');
  const isReady = readiness.status === 'ready' || (readiness.status === 'degraded' && !isStrict);
  const body = call?.isAdmin ? { ...readiness, ...(await health.report()) } : readiness;
  return { status: isReady ? 200 : 503, body };
}

/** With a key, or by `?verbose` where none is needed. A probe that sends neither costs nothing. */
function asksForDetail({ headers, query }: RequestContext): boolean {
  return (
    headers.authorization !== undefined ||
    headers['x-api-key'] !== undefined ||
    new URLSearchParams(query).has('verbose')
  );
}
