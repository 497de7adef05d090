/** Simulated text completions, as OpenAI and Together send them: a comment that says what it is, in the text's own manner. */
import { providerHeaders } from './errors.ts';
import { countTokens, streamPieces } from './tokens.ts';
import type { JsonObject, PlannedReply, ProviderRequest, ReplyContext, StreamEvent } from './wire.ts';
import { jsonReply } from './wire.ts';

/** A comment in the way of the text around it, as far as its lines tell. */
export function simulatedCompletion(text: string): string {
  return `${/[{;]\s*$/m.test(text) ? '//' : '#'} a simulated completion`;
}

/** The reply to `POST …/completions`. Pure. */
export function textCompletionReply(
  provider: ProviderRequest['provider'],
  body: JsonObject,
  context: ReplyContext,
): PlannedReply {
  const prompt = [body.prompt].flat().join('\n');
  const text = context.scriptedAnswer ?? simulatedCompletion(prompt);
  const head = {
    id: `cmpl-simulated${context.callNumber}`,
    object: 'text_completion',
    created: context.created,
    model: body.model,
  };
  const input = countTokens(prompt);
  const output = countTokens(text);
  const usage =
    context.fault?.name === 'no_usage'
      ? {}
      : { usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output } };
  const choice = (piece: string, finish: string | null) => ({
    index: 0,
    text: piece,
    logprobs: null,
    finish_reason: context.fault?.name === 'no_finish' ? null : finish,
  });
  const headers = providerHeaders(provider, context.callNumber);
  if (body.stream !== true)
    return jsonReply(200, { ...head, choices: [choice(text, 'stop')], ...usage }, headers);
  const event = (kind: StreamEvent['kind'], value: object): StreamEvent => ({
    kind,
    data: JSON.stringify({ ...head, ...value }),
  });
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers },
    events: [
      ...streamPieces(text).map((piece) => event('delta', { choices: [choice(piece, null)] })),
      event('finish', { choices: [choice('', 'stop')] }),
      event('usage', { choices: [], ...usage }),
      { kind: 'done', data: '[DONE]' },
    ],
  };
}
