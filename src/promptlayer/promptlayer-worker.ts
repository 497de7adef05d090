/** The thread PromptLayer's package lives in. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { PromptLayer } from 'promptlayer';
import type { PromptLayerOptions, PromptLayerTask } from './promptlayer-thread.ts';

/** Seconds a template is used again before it is asked for anew; while PromptLayer is unavailable, longer. The package keeps 1,000. */
const TEMPLATE_TTL = 60;

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
  return response;
};

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
