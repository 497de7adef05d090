import { chooseChain } from '../../chat/chains.ts';
import type { PlainEndpoint } from '../endpoint.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { parseConversation } from './messages-request.ts';
import { requireMessagesBody } from './messages-validation.ts';

/** `POST /v1/messages/count_tokens`: what the conversation is to read, by the same counter as our estimates. Free, and asks nobody. */
export const messagesCountTokens: PlainEndpoint = {
  kind: 'plain',
  method: 'POST',
  paths: ['/v1/messages/count_tokens'],
  format: anthropicMessages,
  access: 'caller',
  hasBody: true,
  async answer({ body }, { chat }) {
    const { model, request } = parseConversation(requireMessagesBody(body));
    const { models, tokens } = chat();
    const [target] = chooseChain(models, model).targets;
    const { prompt_tokens: count } = await tokens.estimate(request, '', target?.model ?? model);
    return { body: { input_tokens: count } };
  },
};

/** Claude Code looks at its start whether anybody is there; any answer will do. */
export const hello: PlainEndpoint = {
  kind: 'plain',
  method: 'HEAD',
  paths: ['/api/hello'],
  format: anthropicMessages,
  access: 'anyone',
  answer: () => ({}),
};
