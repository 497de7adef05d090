/** Vectors in the form in which all answers travel: a completion without choices, which is written as OpenAI's list. */
import { randomUUID } from 'node:crypto';
import type { ChatCompletion, Usage } from './openai-types.ts';

/** One text's vector: a list of numbers, or base64 of 32-bit floats, little-endian, as the caller asked. */
export interface Embedding {
  readonly object: 'embedding';
  readonly index: number;
  readonly embedding: readonly number[] | string;
}

/** Has no choices; as JSON it is OpenAI's list (`object: "list"`). */
export interface EmbeddingsAnswer extends ChatCompletion {
  /** In the order of the texts. */
  readonly data: readonly Embedding[];
}

/** @param head without an id it gets one: Mistral's package expects it, OpenAI sends none */
export function toEmbeddingsAnswer(
  data: readonly Embedding[],
  { id = `embd-${randomUUID()}`, model }: { readonly id?: string | undefined; readonly model: string },
  usage: Usage | undefined,
): EmbeddingsAnswer {
  const answer = { id, object: 'chat.completion', created: 0, model, choices: [], data, toJSON: asList };
  return { ...answer, ...(usage && { usage }) } as EmbeddingsAnswer;
}

/** https://platform.openai.com/docs/api-reference/embeddings/create; nothing is written but what it lists, and the id. */
function asList(this: EmbeddingsAnswer): object {
  const { id, data, model, usage } = this;
  const {
    prompt_tokens: prompt,
    total_tokens: total,
    estimated,
  } = { ...usage } as Partial<Usage> & {
    estimated?: boolean;
  };
  const counts = { prompt_tokens: prompt, total_tokens: total, ...(estimated && { estimated }) };
  return { id, object: 'list', data, model, ...(usage && { usage: counts }) };
}
