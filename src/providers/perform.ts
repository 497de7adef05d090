/** Has a provider do what a request asks for, by its own means or by what stands in for them. */
import type { ChatRequest } from '../core/openai-types.ts';
import { complete } from './completions/complete.ts';
import type { Call, Provider, Reply, Target } from './provider.ts';

/** @throws {UpstreamFailure} */
export function perform(
  provider: Provider,
  request: ChatRequest,
  target: Target,
  call: Call,
): Promise<Reply> {
  return request.operation === 'text_completion'
    ? complete(provider, request, target, call)
    : provider.send(request, target, call);
}
