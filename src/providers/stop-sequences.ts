/** Stop sequences where a target takes none, or not so many: its answer is cut at them here. */
import type { ChatCompletion, ChatRequest } from '../core/openai-types.ts';
import { UpToStop } from './completions/text-stages.ts';
import type { Call, Provider, Reply, Target } from './provider.ts';
import { StoppedStream } from './stopped-stream.ts';

/** @returns the request with as many stop sequences as the target takes; the same request where that is all of them */
export function withStopsTaken(request: ChatRequest, provider: Provider, target: Target): ChatRequest {
  const stops = stopsOf(request);
  const most = target.capabilities.stop === false ? 0 : provider.mostStops?.(target);
  if (most === undefined || stops.length <= most) return request;
  const { stop: _stop, ...rest } = request;
  return most === 0 ? rest : { ...rest, stop: stops.slice(0, most) };
}

/** @throws {UpstreamFailure} */
export async function sendUpToStop(
  provider: Provider,
  request: ChatRequest,
  target: Target,
  call: Call,
): Promise<Reply> {
  const taken = withStopsTaken(request, provider, target);
  const reply = await provider.send(taken, target, call);
  if (taken === request) return reply;
  const stops = stopsOf(request);
  if (reply.kind === 'whole') {
    const completion = upToStop(reply.completion, stops);
    return completion ? { ...reply, completion, json: undefined, native: undefined } : reply;
  }
  return { ...reply, batches: new StoppedStream(reply.batches, stops) };
}

function stopsOf({ stop }: ChatRequest): string[] {
  return [stop ?? []].flat();
}

/** @returns nothing where no stop sequence is in it */
function upToStop(completion: ChatCompletion, stops: readonly string[]): ChatCompletion | undefined {
  let isCut = false;
  const choices = completion.choices.map((choice) => {
    const stage = new UpToStop(stops);
    const content = stage.feed(choice.message.content ?? '');
    if (!stage.isOver) return choice;
    isCut = true;
    // What was called after the stop would not have been.
    const { tool_calls: _calls, ...message } = choice.message;
    return { ...choice, message: { ...message, content }, finish_reason: 'stop' as const };
  });
  return isCut ? { ...completion, choices } : undefined;
}
