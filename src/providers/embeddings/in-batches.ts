/** More texts than a provider takes at once, sent in several calls whose vectors are put together. */
import { type EmbeddingsAnswer, toEmbeddingsAnswer } from '../../core/embeddings-answer.ts';
import type { ChatRequest, Usage } from '../../core/openai-types.ts';
import type { Call, Provider, Target, WholeReply } from '../provider.ts';

type Embed = (request: ChatRequest, target: Target, call: Call) => Promise<WholeReply>;

/** When one call fails so does the whole, and the others are aborted. */
export function inBatches(embed: Embed, largest = Number.POSITIVE_INFINITY): NonNullable<Provider['embed']> {
  return async (request, target, call) => {
    const { messages } = request;
    if (messages.length <= largest) return embed(request, target, call);
    const parts: ChatRequest[] = [];
    for (let at = 0; at < messages.length; at += largest)
      parts.push({ ...request, messages: messages.slice(at, at + largest) });
    const stop = new AbortController();
    const leave = () => stop.abort(call.signal.reason);
    if (call.signal.aborted) leave();
    call.signal.addEventListener('abort', leave, { once: true });
    try {
      const partCall = { ...call, signal: stop.signal };
      return joined(await Promise.all(parts.map((part) => embed(part, target, partCall))));
    } catch (error) {
      stop.abort();
      throw error;
    } finally {
      call.signal.removeEventListener('abort', leave);
    }
  };
}

function joined(replies: readonly WholeReply[]): WholeReply {
  const [first] = replies;
  const answers = replies.map(({ completion }) => completion as EmbeddingsAnswer);
  const data = answers.flatMap((answer) => answer.data).map((one, index) => ({ ...one, index }));
  return {
    ...first!,
    completion: toEmbeddingsAnswer(data, { model: answers[0]!.model }, sumOf(answers)),
    json: undefined,
  };
}

/** @returns nothing where one of them reported nothing: then all is counted by us */
function sumOf(answers: readonly EmbeddingsAnswer[]): Usage | undefined {
  const counts = answers.flatMap(({ usage }) => (usage ? [usage.prompt_tokens] : []));
  if (counts.length < answers.length) return undefined;
  const prompt = counts.reduce((sum, count) => sum + count, 0);
  return { prompt_tokens: prompt, completion_tokens: 0, total_tokens: prompt };
}
