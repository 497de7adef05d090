import { allowedPart, chooseChain } from '../../chat/chains.ts';
import { COUNTS_PER_MINUTE, type PlainEndpoint, type PlainReply } from '../endpoint.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { asNative, parseConversation } from './messages-request.ts';
import { requireMessagesBody } from './messages-validation.ts';

/**
 * `POST /v1/messages/count_tokens`: what the conversation is to read, as its provider counts it where that is Anthropic, else by
 * the same counter as our estimates. Free of the caller's limits. `x-token-count` says whose count it is.
 */
export const messagesCountTokens: PlainEndpoint = {
  kind: 'plain',
  method: 'POST',
  paths: ['/v1/messages/count_tokens'],
  format: anthropicMessages,
  access: 'caller',
  hasBody: true,
  perMinute: COUNTS_PER_MINUTE,
  async answer({ body, headers, call }, { chat }) {
    const asked = requireMessagesBody(body);
    const { model, request } = parseConversation(asked);
    const { models, tokens, providerCounts } = chat();
    const { caller, signal } = call!;
    const [target] = allowedPart(chooseChain(models, model), caller).targets;
    const native = asNative(asked, headers);
    const counted = target && (await providerCounts.count(native, target, signal));
    if (counted !== undefined) return reply(counted, 'provider');
    const { prompt_tokens: estimated } = await tokens.estimate(request, '', target?.model ?? model);
    return reply(estimated, 'estimated');
  },
};

function reply(count: number, by: 'provider' | 'estimated'): PlainReply {
  return { headers: ['x-token-count', by], body: { input_tokens: count } };
}

/** Claude Code looks at its start whether anybody is there; any answer will do. */
export const hello: PlainEndpoint = {
  kind: 'plain',
  method: 'HEAD',
  paths: ['/api/hello'],
  format: anthropicMessages,
  access: 'anyone',
  answer: () => ({}),
};
