/** Gemini's `generateContent` as a door: for Gemini CLI and Google's SDK, over any model. */
import { chooseChain } from '../../chat/chains.ts';
import type { ApiFormat, ErrorFormat } from '../api-format.ts';
import { type ChatEndpoint, COUNTS_PER_MINUTE, type PlainEndpoint } from '../endpoint.ts';
import { contentErrorStatus, toContentError } from './content-error.ts';
import { contentReply } from './content-reply.ts';
import { parseContentRequest, parseContents } from './content-request.ts';

const geminiErrors: ErrorFormat = {
  error: (failure) => ({ body: toContentError(failure), status: contentErrorStatus(failure) }),
  keyOf({ headers, query }) {
    const header = headers['x-goog-api-key'];
    return typeof header === 'string' ? header : (new URLSearchParams(query).get('key') ?? undefined);
  },
};

/** Whether it streams is in the path, not in the body. */
function geminiContent(stream: boolean): ApiFormat {
  return {
    ...geminiErrors,
    name: 'gemini',
    parse(body, { params, query }) {
      const { parsed, ...options } = parseContentRequest(body, params.model, stream);
      const asEvents = new URLSearchParams(query).get('alt') === 'sse';
      return { parsed, reply: contentReply({ ...options, asEvents }) };
    },
  };
}

const chat = { kind: 'chat', method: 'POST' } as const;

/** @google/genai asks under `/v1` from 3.x on where it is told no version; Gemini CLI and older ones under `/v1beta`. */
function pathsOf(how: string): readonly string[] {
  return ['v1beta', 'v1'].map((version) => `/${version}/models/{model*}:${how}`);
}

/** Its two routes: one door, whose answers are whole or streamed by the path that was asked. */
export const geminiEndpoints: readonly ChatEndpoint[] = [
  { ...chat, paths: pathsOf('generateContent'), format: geminiContent(false) },
  { ...chat, paths: pathsOf('streamGenerateContent'), format: geminiContent(true) },
];

/** Free, and asks nobody: by the same counter as our estimates. */
export const geminiCountTokens: PlainEndpoint = {
  kind: 'plain',
  method: 'POST',
  paths: pathsOf('countTokens'),
  format: geminiErrors,
  access: 'caller',
  hasBody: true,
  perMinute: COUNTS_PER_MINUTE,
  async answer({ body, params }, { chat: dependencies }) {
    const { models, tokens } = dependencies();
    const request = parseContents(body);
    const [target] = chooseChain(models, params.model).targets;
    const { prompt_tokens: totalTokens } = await tokens.estimate(request, '', target?.model ?? params.model!);
    return { body: { totalTokens } };
  },
};
