import type { ApiFormat, ReplyFormat } from '../api-format.ts';
import { openAiErrors } from '../openai-chat/openai-error.ts';
import { parseEmbeddingsRequest } from './embeddings-request.ts';

/** OpenAI's embeddings as a door, over every provider that makes some. */
export const openAiEmbeddings: ApiFormat = {
  ...openAiErrors,
  name: 'embeddings',
  parse: (body) => ({ parsed: parseEmbeddingsRequest(body), reply }),
};

const reply: ReplyFormat = {
  whole: ({ json }) => json,
  events() {
    throw new Error('Vectors are not streamed.');
  },
};
