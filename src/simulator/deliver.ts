/** Takes the steps of a delivery over a real socket, at the pace the client reads. */
import type { ServerResponse } from 'node:http';
import type { DeliveryStep } from './delivery.ts';

/** What a delivery reports as it goes. */
export interface DeliveryProgress {
  status?: number;
  /** Body bytes handed to the socket so far. */
  bytesWritten: number;
}

/**
 * Sends the steps. Stops early when the client leaves.
 * @returns `aborted` when the client closed before the reply was complete.
 */
export async function deliver(
  response: ServerResponse,
  steps: readonly DeliveryStep[],
  progress: DeliveryProgress,
): Promise<'complete' | 'destroyed' | 'aborted'> {
  for (const [index, step] of steps.entries()) {
    if (response.destroyed) return 'aborted';
    switch (step.kind) {
      case 'head':
        progress.status = step.status;
        response.writeHead(step.status, step.headers);
        response.flushHeaders();
        break;
      case 'write':
        progress.bytesWritten += Buffer.byteLength(step.bytes);
        if (steps[index + 1]?.kind === 'destroy') await flushed(response, step.bytes);
        else if (!response.write(step.bytes)) await drained(response);
        break;
      case 'wait':
        await pause(response, step.ms);
        break;
      case 'silence':
        await closed(response);
        return 'aborted';
      case 'destroy':
        await pause(response, 0);
        if (step.reset) response.socket?.resetAndDestroy();
        else response.socket?.destroy();
        return 'destroyed';
      case 'end':
        response.end();
        await closed(response);
        return response.writableFinished ? 'complete' : 'aborted';
    }
  }
  return 'complete';
}

function flushed(response: ServerResponse, bytes: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => response.write(bytes, () => resolve()));
}

/** The client has read what was written, or has left. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

function closed(response: ServerResponse): Promise<void> {
  if (response.closed || response.destroyed) return Promise.resolve();
  return new Promise((resolve) => response.once('close', resolve));
}

/** Waits, but no longer than the client does. */
function pause(response: ServerResponse, ms: number): Promise<void> {
  if (ms === 0) return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      response.off('close', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    response.on('close', done);
  });
}
