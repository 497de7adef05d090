/**
 * Paths as programs make them: base URLs that end in a slash, and the deployment URLs of Azure's clients, which name the
 * model in the path (learn.microsoft.com/azure/ai-foundry/openai/reference, 2026-11).
 */
import type { IncomingMessage } from 'node:http';

const AZURE_DEPLOYMENT = /^\/openai\/deployments\/([^/]+)(\/.+)$/;
/** Azure's paths that name no deployment: `/openai/v1/chat/completions`, and the list of models. */
const AZURE_PLAIN = /^\/openai(?:\/v1)?(\/(?!deployments).+)$/;

/** Kept beside the request, and gone with it. */
const deployments = new WeakMap<IncomingMessage, string>();

/** Rewrites the request's URL to the one our routes know; the query stays as it is. */
export function normalizePath(request: IncomingMessage): void {
  const url = request.url!;
  if (!url.includes('//') && !url.startsWith('/openai/') && !url.endsWith('/')) return;
  const queryAt = url.indexOf('?');
  const query = queryAt < 0 ? '' : url.slice(queryAt);
  const path = (queryAt < 0 ? url : url.slice(0, queryAt)).replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
  const [, name, rest] = AZURE_DEPLOYMENT.exec(path) ?? [];
  const model = name === undefined ? undefined : decoded(name);
  if (model !== undefined) {
    deployments.set(request, model);
    request.url = `/v1${rest}${query}`;
  } else {
    const plain = AZURE_PLAIN.exec(path)?.[1];
    request.url = (plain === undefined ? path : `/v1${plain}`) + query;
  }
}

/** The model that the path named, which counts more than the body's. */
export function deploymentOf(request: IncomingMessage): string | undefined {
  return deployments.get(request);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
