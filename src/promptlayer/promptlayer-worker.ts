/** The thread PromptLayer's package lives in. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { PromptLayer } from 'promptlayer';
import type { PromptLayerOptions, PromptLayerTask } from './promptlayer-thread.ts';

/** Seconds a template is used again before it is asked for anew; while PromptLayer is unavailable, longer. The package keeps 1,000. */
const TEMPLATE_TTL = 60;

/** Bytes of an answer; the package itself would read without end. */
const MAX_ANSWER = 4 * 1024 * 1024;

const { apiKey, baseUrl } = workerData as PromptLayerOptions;
const promptLayer = new PromptLayer({
  apiKey,
  ...(baseUrl && { baseURL: baseUrl }),
  throwOnError: true,
  cacheTtlSeconds: TEMPLATE_TTL,
});

/** The package's errors do not say the status of the answer. */
const answered = new AsyncLocalStorage<{ status?: number }>();
const plainFetch = globalThis.fetch;
globalThis.fetch = async (...call) => {
  const response = await plainFetch(...call);
  const facts = answered.getStore();
  if (facts) facts.status = response.status;
  return bounded(response);
};

/** The answer, read to its end. @throws {Error} for one that is too long */
async function bounded(response: Response): Promise<Response> {
  if (!response.body) return response;
  const parts: Uint8Array[] = [];
  let length = 0;
  // To leave the loop ends the connection.
  for await (const part of response.body) {
    length += part.length;
    if (length > MAX_ANSWER) throw new Error('its answer is too long');
    parts.push(part);
  }
  const { status, statusText, headers } = response;
  return new Response(Buffer.concat(parts), { status, statusText, headers });
}

function perform(task: PromptLayerTask): Promise<unknown> {
  if (task.type === 'template') return promptLayer.templates.get(task.name, task.params);
  if (task.type === 'score') return promptLayer.track.score(task.body);
  type LogRequest = Parameters<typeof promptLayer.logRequest>[0];
  return promptLayer.logRequest(task.body as unknown as LogRequest).then((logged) => logged?.id);
}

parentPort?.on('message', ({ id, task }: { id: number; task: PromptLayerTask }) => {
  parentPort?.postMessage({ id, begun: true });
  const facts: { status?: number } = {};
  answered
    .run(facts, () => perform(task))
    .then(
      (result) => parentPort?.postMessage({ id, result }),
      (error: unknown) =>
        parentPort?.postMessage({
          id,
          error: error instanceof Error ? error.message : String(error),
          ...facts,
        }),
    );
});
