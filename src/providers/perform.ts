/** Has a provider do what a request asks for, by its own means or by what stands in for them. */
import type { ChatRequest } from '../core/openai-types.ts';
import { UpstreamFailure } from '../failures/upstream-failure.ts';
import { complete } from './completions/complete.ts';
import type { FeatureName } from './feature-table.ts';
import { emulatedFeatures } from './features.ts';
import type { Call, Provider, Reply, Target } from './provider.ts';
import { sendUpToStop, withStopsTaken } from './stop-sequences.ts';

/** @throws {UpstreamFailure} */
export function perform(
  provider: Provider,
  request: ChatRequest,
  target: Target,
  call: Call,
): Promise<Reply> {
  switch (request.operation) {
    case 'text_completion':
      return complete(provider, request, target, call);
    case 'embeddings':
      if (!provider.embed) throw withoutEmbeddings(target);
      return provider.embed(request, target, call);
    default:
      return sendUpToStop(provider, request, target, call);
  }
}

/**
 * What of a request would be left out for a target. Nothing is sent.
 * @throws {UpstreamFailure} unsupported, as `perform` would
 */
export function fitFor(
  provider: Provider,
  request: ChatRequest,
  target: Target,
  call: Call,
): ReturnType<Provider['fit']> {
  if (request.operation === 'embeddings' && !provider.embed) throw withoutEmbeddings(target);
  const { operation: _operation, suffix: _suffix, dimensions: _dimensions, ...shared } = request;
  return provider.fit(withStopsTaken(shared, provider, target), target, call);
}

/** Features the request uses that are made of something else the target has. */
export function emulatedFor(provider: Provider, request: ChatRequest, target: Target): FeatureName[] {
  const emulated = emulatedFeatures(request, provider.features, target);
  const isCutHere = withStopsTaken(request, provider, target) !== request;
  return isCutHere && !emulated.includes('stop') ? [...emulated, 'stop'] : emulated;
}

function withoutEmbeddings({ id, provider }: Target): UpstreamFailure {
  return new UpstreamFailure({
    message: `${id} makes no embeddings: ${provider} has none here. Name an embedding model, such as \`openai/text-embedding-3-small\`.`,
    unsupported: 'model',
  });
}
