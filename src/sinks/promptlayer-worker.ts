/** The thread PromptLayer's package lives in. */
import { parentPort, workerData } from 'node:worker_threads';
import { PromptLayer } from 'promptlayer';
import type { PromptLayerOptions } from './promptlayer-sink.ts';

const { apiKey, baseUrl } = workerData as PromptLayerOptions;
const promptLayer = new PromptLayer({ apiKey, ...(baseUrl && { baseURL: baseUrl }), throwOnError: true });

type LogRequest = Parameters<typeof promptLayer.logRequest>[0];

parentPort?.on('message', ({ id, body }: { id: number; body: LogRequest }) => {
  promptLayer.logRequest(body).then(
    () => parentPort?.postMessage({ id }),
    (error: unknown) =>
      parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) }),
  );
});
