/** A whole response of OpenAI's Responses API as a chat completion. */
import type { ReasoningDetail } from '../../core/encrypted-reasoning.ts';
import type { ToolCall } from '../../core/openai-types.ts';
import { malformed } from '../../failures/upstream-failure.ts';
import { oneChoice } from '../one-choice.ts';
import { parseObject } from '../openai-wire.ts';
import type { Target } from '../provider.ts';
import type { ReadCompletion } from '../whole-or-stream.ts';
import { toNativeResponse } from './native-response.ts';
import { reasoningText, toReasoningDetails } from './reasoning-items.ts';
import type { ResponseFields } from './response-fields.ts';
import {
  callOf,
  finishOf,
  fromResponseUsage,
  messageTexts,
  outputOf,
  responseFailure,
} from './response-fields.ts';
import type { ReadingAs } from './responses-body.ts';

/** @throws {UpstreamFailure} when the text is no response, or tells of a failure */
export function readResponse(
  text: string,
  headers: Readonly<Record<string, string>>,
  target: Target,
  reading: ReadingAs,
): ReadCompletion {
  const { provider } = target;
  const response = parseObject(text, headers, provider) as ResponseFields;
  if (response.error != null) throw responseFailure(response.error, provider);
  const output = outputOf(response, provider);
  const calls: ToolCall[] = [];
  const details: ReasoningDetail[] = [];
  let words = '';
  let refusal = '';
  let thoughts = '';
  for (const item of output) {
    const call = callOf(item, provider);
    if (call) calls.push(call);
    else if (item.type === 'message') {
      const said = messageTexts(item);
      words += said.text;
      refusal += said.refusal;
    } else if (item.type === 'reasoning') {
      thoughts += (thoughts && '\n\n') + reasoningText(item);
      details.push(...toReasoningDetails(item, details.length));
    }
  }
  const finish = finishOf(response, calls.length > 0);
  if (!finish) throw malformed(`${provider} sent a response that has not ended.`);
  const completion = oneChoice({
    id: typeof response.id === 'string' ? response.id : '',
    model: typeof response.model === 'string' ? response.model : target.model,
    words,
    thoughts,
    calls,
    finish,
    usage: fromResponseUsage(response.usage),
  });
  const { message } = completion.choices[0]!;
  if (refusal) message.refusal = refusal;
  if (details.length > 0) Object.assign(message, { reasoning_details: details });
  return reading.isNative
    ? { completion, native: toNativeResponse(text, response, reading) }
    : { completion };
}
