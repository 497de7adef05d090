/** Vectors in the form in which all answers travel: a completion without choices, which is written as OpenAI's list. */
import type { ChatCompletion, Usage } from './openai-types.ts';

/** One text's vector: a list of numbers, or base64 of 32-bit floats, little-endian, as the caller asked. */
export interface Embedding {
  readonly object: 'embedding';
  readonly index: number;
  readonly embedding: readonly number[] | string;
}

export interface EmbeddingsAnswer extends ChatCompletion {
  /** In the order of the texts. */
  readonly data: readonly Embedding[];
}

export function toEmbeddingsAnswer(
  data: readonly Embedding[],
  model: string,
  usage: Usage | undefined,
): EmbeddingsAnswer {
  const answer = { id: '', object: 'chat.completion', created: 0, model, choices: [], data, toJSON: asList };
  return { ...answer, ...(usage && { usage }) } as EmbeddingsAnswer;
}

/** https://platform.openai.com/docs/api-reference/embeddings/create; nothing is written but what it lists. */
function asList(this: EmbeddingsAnswer): object {
  const { data, model, usage } = this;
  const {
    prompt_tokens: prompt,
    total_tokens: total,
    estimated,
  } = { ...usage } as Partial<Usage> & {
    estimated?: boolean;
  };
  const counts = { prompt_tokens: prompt, total_tokens: total, ...(estimated && { estimated }) };
  return { object: 'list', data, model, ...(usage && { usage: counts }) };
}
