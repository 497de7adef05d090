/** A prediction of Replicate's: how it stands, and what it gave (https://replicate.com/docs/reference/http). */
import type { ChatCompletion } from '../../core/openai-types.ts';
import { malformed, type UpstreamFailure } from '../../failures/upstream-failure.ts';
import { eventFailure, parseObject } from '../openai-wire.ts';
import type { Target } from '../provider.ts';

/** A prediction as it comes; the fields are those of the reference. */
export interface Prediction {
  readonly id: string;
  /** `starting`, `processing`, then one of `succeeded`, `failed`, `canceled` and `aborted` (ended before it ran). */
  readonly status: string;
  /** A language model's is a text or a list of pieces of it. */
  readonly output?: unknown;
  readonly error?: unknown;
  /** ISO 8601. */
  readonly created_at?: string;
  readonly urls?: { readonly get?: string; readonly cancel?: string; readonly stream?: string };
}

/** @throws {UpstreamFailure} when the text is no prediction */
export function readPrediction(
  text: string,
  headers: Readonly<Record<string, string>>,
  target: Target,
): Prediction {
  const parsed = parseObject(text, headers, target.provider);
  if (typeof parsed.id === 'string' && parsed.id !== '' && typeof parsed.status === 'string')
    return parsed as unknown as Prediction;
  throw malformed(`${target.provider} sent a reply that is no prediction.`, {
    headers,
    body: text.slice(0, 4096),
  });
}

/** Whether nothing more will come of it. */
export function hasEnded({ status }: Prediction): boolean {
  return status === 'succeeded' || status === 'failed' || isCanceled(status);
}

/**
 * The answer of a prediction that has ended. There are no token counts and no reason for the end: also an answer that
 * was cut at its cap says `stop`.
 * @throws {UpstreamFailure} when it did not succeed
 */
export function completionOf(prediction: Prediction, target: Target): ChatCompletion {
  if (prediction.status !== 'succeeded') throw endedWithout(prediction, target.provider);
  const content = outputText(prediction.output);
  if (content === undefined) throw malformed(`${target.provider} sent an output that is not text.`);
  return {
    ...headOf(prediction, target),
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
  };
}

/** What a completion or chunk says of itself beside its text; `created` is seconds since the epoch. */
export function headOf(
  { id, created_at: createdAt }: Prediction,
  { model }: Target,
): { id: string; created: number; model: string } {
  const milliseconds = Date.parse(createdAt ?? '') || Date.now();
  return { id, created: Math.floor(milliseconds / 1000), model };
}

/** The failure has no status: what the model said of it is all there is to tell what it means. */
function endedWithout({ status, error }: Prediction, provider: string): UpstreamFailure {
  const reason = typeof error === 'string' && error !== '' ? error : `The prediction was ${status}.`;
  return eventFailure({ error: reason }, provider);
}

function isCanceled(status: string): boolean {
  return status === 'canceled' || status === 'aborted';
}

/** @returns nothing for what is neither a text nor pieces of one; no output at all is an empty text */
function outputText(output: unknown): string | undefined {
  if (output === undefined || output === null) return '';
  const pieces = Array.isArray(output) ? output : [output];
  return pieces.every((piece) => typeof piece === 'string') ? pieces.join('') : undefined;
}
