/** Cohere's embeddings (https://docs.cohere.com/reference/embed, v2). */
import { toEmbeddingsAnswer } from '../../core/embeddings-answer.ts';
import type { ChatRequest } from '../../core/openai-types.ts';
import { malformed } from '../../failures/upstream-failure.ts';
import { checkVectors } from '../embeddings/vectors.ts';
import { fitRequest } from '../features.ts';
import { fitOptions } from '../fit/options.ts';
import { parseObject } from '../normalise/json.ts';
import { asUpstreamFailure } from '../normalise/reply-error.ts';
import { normaliseUsage } from '../normalise/reported-usage.ts';
import type { Call, Target, WholeReply } from '../provider.ts';
import { cohereFeatures } from './cohere-request.ts';

/** Texts of one call. */
export const COHERE_BATCH = 96;

/** What the texts are for, which Cohere must be told; a caller who asks with a question says `search_query`. */
const USUAL_PURPOSE = 'search_document';

/** @throws {UpstreamFailure} unsupported, before anything is sent */
export function embedBody(request: ChatRequest, target: Target, call: Call) {
  const options = fitOptions(request);
  const fitted = fitRequest(options.request, cohereFeatures, target, call);
  const {
    messages,
    operation: _operation,
    stream: _stream,
    dimensions,
    encoding_format: _format,
    ...parameters
  } = fitted.request;
  const body = {
    input_type: USUAL_PURPOSE,
    ...parameters,
    model: target.model,
    texts: messages.map(({ content }) => content),
    embedding_types: ['float'],
    ...(dimensions !== undefined && { output_dimension: dimensions }),
  };
  return { body, dropped: [...options.dropped, ...fitted.dropped] };
}

/** @throws {UpstreamFailure} */
export function readCohereEmbeddings(
  text: string,
  headers: WholeReply['headers'],
  request: ChatRequest,
  target: Target,
): WholeReply['completion'] {
  const { provider, model } = target;
  try {
    const { id, embeddings, meta } = parseObject(text, headers, provider);
    const floats = (embeddings as { float?: unknown } | null | undefined)?.float;
    if (!Array.isArray(floats)) throw malformed(`${provider} sent a reply without vectors.`);
    const vectors = checkVectors(floats, request.messages.length, request, target);
    const data = vectors.map((embedding, index) => ({ object: 'embedding' as const, index, embedding }));
    const read = (meta as { billed_units?: { input_tokens?: unknown } } | null | undefined)?.billed_units
      ?.input_tokens;
    return toEmbeddingsAnswer(
      data,
      { id: typeof id === 'string' ? id : undefined, model },
      normaliseUsage({ prompt_tokens: read, completion_tokens: 0, total_tokens: read }),
    );
  } catch (error) {
    throw asUpstreamFailure(error, provider);
  }
}
