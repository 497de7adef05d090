/** A text completion by a model that only chats: it is told what is wanted, and what it writes around that is taken off. */
import type { ChatMessage, ChatRequest } from '../../core/openai-types.ts';
import { refuseWhenStrict, unsupported } from '../features.ts';
import { thinksUnlessTold } from '../openai-models.ts';
import type { Call, Gap, Provider, Reply, Target } from '../provider.ts';
import { TrimmedStream, Trimmer, trimmed } from './trimmer.ts';

const FILL =
  'You are the completion engine of a code editor. You are given a text with one gap, marked <<<GAP>>>. Answer with ' +
  'nothing but the characters that belong into the gap, so that the text reads on from what stands before it into what ' +
  'stands after it. Repeat nothing of what stands around the gap. No explanation, no Markdown, no code fence. If nothing ' +
  'is missing, answer with nothing.';
const GO_ON =
  'You are a text completion engine. You are given the beginning of a text. Answer with nothing but its continuation, ' +
  'from the very next character on, in the same language and style. Repeat nothing of it. No explanation, no Markdown, ' +
  'no code fence.';

interface Asked {
  readonly gap: Gap;
  /** System messages that come first. */
  readonly instructions: readonly ChatMessage[];
}

/** @throws {UpstreamFailure} */
export async function completeByChat(
  provider: Provider,
  request: ChatRequest,
  asked: Asked,
  target: Target,
  call: Call,
): Promise<Reply> {
  // They would be those of the whole answer, the taken-off parts included.
  if (request.logprobs) throw unsupported('logprobs of a text completion', 'logprobs', target);
  // Biases are of single tokens, which a chat's answer has others of.
  const unused = request.logit_bias ? ['logit_bias'] : [];
  refuseWhenStrict(unused, target, call);
  const stops = [request.stop ?? []].flat();
  const reply = await provider.send(toChat(request, asked, target), target, call);
  const lost = reply.dropped?.filter((name) => name !== 'reasoning_effort' || request.reasoning_effort) ?? [];
  const dropped = [...lost, ...unused];
  const { gap } = asked;
  return reply.kind === 'whole'
    ? { ...reply, dropped, completion: trimmed(reply.completion, gap, stops), json: undefined }
    : {
        ...reply,
        dropped,
        batches: new TrimmedStream(reply.batches, () => new Trimmer(gap, stops), request.n ?? 1),
      };
}

/** Stop sequences are ours to find: one may stand in what is taken off, and some models refuse them. */
function toChat(request: ChatRequest, { gap, instructions }: Asked, target: Target): ChatRequest {
  const {
    operation: _operation,
    suffix: _suffix,
    stop: _stop,
    top_logprobs: _top,
    logprobs: _logprobs,
    logit_bias: _bias,
    ...parameters
  } = request;
  const isGap = gap.suffix !== undefined;
  return {
    ...parameters,
    // Small answers leave no room for thought.
    ...(request.reasoning_effort == null && thinksUnlessTold(target) && { reasoning_effort: 'none' }),
    messages: [
      ...instructions,
      { role: 'system', content: isGap ? FILL : GO_ON },
      { role: 'user', content: isGap ? `${gap.prefix}<<<GAP>>>${gap.suffix}` : gap.prefix },
    ],
  };
}
