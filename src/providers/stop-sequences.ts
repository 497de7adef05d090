/** Stop sequences where a target takes none, not so many, or not these: its answer is cut at them here. */
import type { ChatCompletion, ChatRequest } from '../core/openai-types.ts';
import type { StopFields } from '../core/stop-sequence.ts';
import { UpToStop } from './completions/text-stages.ts';
import type { Call, Provider, Reply, Target } from './provider.ts';
import { StoppedStream } from './stopped-stream.ts';

/** @returns the request with as many stop sequences as the target takes; the same request where that is all of them */
export function withStopsTaken(request: ChatRequest, provider: Provider, target: Target): ChatRequest {
  const stops = stopsOf(request);
  const most = target.capabilities.stop === false ? 0 : provider.mostStops?.(target);
  const taken = stops.filter((stop) => provider.takesStop?.(stop) ?? true).slice(0, most);
  if (taken.length === stops.length) return request;
  const { stop: _stop, ...rest } = request;
  return taken.length === 0 ? rest : { ...rest, stop: taken };
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
    const told: StopFields = { stop_reason: stage.stop };
    return { ...choice, message: { ...message, content }, finish_reason: 'stop' as const, ...told };
  });
  return isCut ? { ...completion, choices } : undefined;
}
