/** OpenAI's endpoint for embeddings, which most servers have; where they differ is data. */
import { toEmbeddingsAnswer } from '../../core/embeddings-answer.ts';
import type { ChatRequest } from '../../core/openai-types.ts';
import { malformed } from '../../failures/upstream-failure.ts';
import type { Features } from '../feature-table.ts';
import { fitRequest, unsupported } from '../features.ts';
import { composeBody } from '../fit/compose-body.ts';
import { fitOptions } from '../fit/options.ts';
import { isListOfObjects, parseObject } from '../normalise/json.ts';
import { asUpstreamFailure, eventFailure } from '../normalise/reply-error.ts';
import { normaliseUsage } from '../normalise/reported-usage.ts';
import { memoizePerTarget, prepareRequest } from '../prepared-request.ts';
import type { Call, Provider, Target, WholeReply } from '../provider.ts';
import type { Transport } from '../transport.ts';
import { readText } from '../whole-or-stream.ts';
import { inBatches } from './in-batches.ts';
import { checkVectors, inOrder } from './vectors.ts';

/** Texts of a call whose vectors come as base64, and as numbers: at most some 8 MB of either, half of what is taken for a reply. */
const BASE64_BATCH = 512;
const NUMBERS_BATCH = 128;

/** How a server's endpoint differs from OpenAI's. */
export interface EmbeddingEndpoint {
  /** Gives base64 where it is asked for; elsewhere it is made here. */
  readonly givesBase64?: boolean;
  /** Its name for `dimensions`; refused without one. */
  readonly dimensions?: string;
  /** The most texts of a call, where it is fewer than what is sent at once in any case. */
  readonly maxBatch?: number;
}

/** What is needed to ask it. */
export interface EmbeddingEndpointOptions {
  readonly endpoint: EmbeddingEndpoint;
  readonly features: Features;
  /** Fields it has no place for, left out and named. */
  readonly drops?: readonly string[];
  /** An official package's client for the target. */
  readonly client: (target: Target) => Promise<unknown>;
}

/** @returns the provider's `embed` */
export function embeddingEndpoint(
  transport: Transport,
  options: EmbeddingEndpointOptions,
): NonNullable<Provider['embed']> {
  const prepared = memoizePerTarget(async (target) =>
    prepareRequest(await options.client(target), '/embeddings', target.headers),
  );
  const send = async (request: ChatRequest, target: Target, call: Call): Promise<WholeReply> => {
    const { body, dropped } = bodyOf(request, options, target, call);
    const json = await composeBody(body, call.source);
    const reply = await transport.post(await prepared(target), json, target, call);
    const { headers, status } = reply;
    const text = await readText(reply.body, target);
    return { kind: 'whole', dropped, headers, status, ...read(text, headers, request, target) };
  };
  const { givesBase64, maxBatch = Number.POSITIVE_INFINITY } = options.endpoint;
  return inBatches(send, ({ encoding_format: format }) =>
    Math.min(maxBatch, givesBase64 && format === 'base64' ? BASE64_BATCH : NUMBERS_BATCH),
  );
}

/** @throws {UpstreamFailure} unsupported, before anything is sent */
function bodyOf(
  request: ChatRequest,
  { endpoint, features, drops }: EmbeddingEndpointOptions,
  target: Target,
  call: Call,
) {
  if (request.dimensions !== undefined && !endpoint.dimensions)
    throw unsupported('`dimensions`', 'dimensions', target);
  const options = fitOptions(request);
  const fitted = fitRequest(options.request, features, target, call, drops);
  const {
    messages,
    operation: _operation,
    stream: _stream,
    dimensions,
    encoding_format: format,
    ...parameters
  } = fitted.request;
  const body = {
    ...parameters,
    model: target.model,
    input: messages.map(({ content }) => content),
    ...(dimensions !== undefined && endpoint.dimensions && { [endpoint.dimensions]: dimensions }),
    ...(endpoint.givesBase64 && format && { encoding_format: format }),
  };
  return { body, dropped: [...options.dropped, ...fitted.dropped] };
}

/** @throws {UpstreamFailure} */
function read(
  text: string,
  headers: WholeReply['headers'],
  request: ChatRequest,
  target: Target,
): Pick<WholeReply, 'completion' | 'json'> {
  const { provider } = target;
  try {
    const parsed = parseObject(text, headers, provider);
    if (parsed.error || parsed.object === 'error') throw eventFailure(parsed, provider);
    const { data, model, object, usage: reported } = parsed;
    if (!isListOfObjects(data)) throw malformed(`${provider} sent a reply without vectors.`);
    const items = data as readonly Readonly<Record<string, unknown>>[];
    const vectors = checkVectors(inOrder(items, provider), request.messages.length, request, target);
    const embeddings = vectors.map((embedding, index) => ({
      object: 'embedding' as const,
      index,
      embedding,
    }));
    const usage = normaliseUsage(
      typeof reported === 'object' && reported !== null ? { completion_tokens: 0, ...reported } : undefined,
    );
    const isRight =
      object === 'list' &&
      typeof model === 'string' &&
      usage !== undefined &&
      usage.total_tokens === (reported as { total_tokens?: unknown }).total_tokens &&
      items.every(
        (item, at) => item.object === 'embedding' && item.index === at && item.embedding === vectors[at],
      );
    const id = typeof parsed.id === 'string' ? parsed.id : undefined;
    const answer = toEmbeddingsAnswer(
      embeddings,
      { id, model: typeof model === 'string' ? model : target.model },
      usage,
    );
    // Vectors by the thousand are not written again for the sake of an id.
    const json = id === undefined ? `{"id":${JSON.stringify(answer.id)},${text.trimStart().slice(1)}` : text;
    return { completion: answer, json: isRight ? json : undefined };
  } catch (error) {
    throw asUpstreamFailure(error, provider);
  }
}
