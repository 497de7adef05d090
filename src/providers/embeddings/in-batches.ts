/**
 * Many texts sent in several calls whose vectors are put together: no more than the provider takes at once, and no more than
 * can be read and written without holding up everybody else.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type EmbeddingsAnswer, toEmbeddingsAnswer } from '../../core/embeddings-answer.ts';
import type { ChatRequest, Usage } from '../../core/openai-types.ts';
import type { Call, Provider, Target, WholeReply } from '../provider.ts';

type Embed = (request: ChatRequest, target: Target, call: Call) => Promise<WholeReply>;

/**
 * When one call fails so does the whole, and the others are aborted.
 * @param batchOf the most texts of one call of this request
 */
export function inBatches(
  embed: Embed,
  batchOf: (request: ChatRequest) => number,
): NonNullable<Provider['embed']> {
  return async (request, target, call) => {
    const { messages } = request;
    const size = batchOf(request);
    if (messages.length <= size) return embed(request, target, call);
    const parts: ChatRequest[] = [];
    for (let at = 0; at < messages.length; at += size)
      parts.push({ ...request, messages: messages.slice(at, at + size) });
    const stop = new AbortController();
    const leave = () => stop.abort(call.signal.reason);
    if (call.signal.aborted) leave();
    call.signal.addEventListener('abort', leave, { once: true });
    try {
      const partCall = { ...call, signal: stop.signal };
      return await joined(await Promise.all(parts.map((part) => embed(part, target, partCall))));
    } catch (error) {
      stop.abort();
      throw error;
    } finally {
      call.signal.removeEventListener('abort', leave);
    }
  };
}

async function joined(replies: readonly WholeReply[]): Promise<WholeReply> {
  const answers = replies.map(({ completion }) => completion as EmbeddingsAnswer);
  const data = answers.flatMap((answer) => answer.data).map((one, index) => ({ ...one, index }));
  const answer = toEmbeddingsAnswer(data, { model: answers[0]!.model }, sumOf(answers));
  const size = answers[0]!.data.length;
  let list = '';
  for (let at = 0; at < data.length; at += size) {
    list += `${list && ','}${JSON.stringify(data.slice(at, at + size)).slice(1, -1)}`;
    await nextTurn();
  }
  // All but the vectors, which are there already.
  const json = JSON.stringify({ ...answer, data: [] }).replace('"data":[]', () => `"data":[${list}]`);
  return { ...replies[0]!, completion: answer, json };
}

/** @returns nothing where one of them reported nothing: then all is counted by us */
function sumOf(answers: readonly EmbeddingsAnswer[]): Usage | undefined {
  const counts = answers.flatMap(({ usage }) => (usage ? [usage.prompt_tokens] : []));
  if (counts.length < answers.length) return undefined;
  const prompt = counts.reduce((sum, count) => sum + count, 0);
  return { prompt_tokens: prompt, completion_tokens: 0, total_tokens: prompt };
}
