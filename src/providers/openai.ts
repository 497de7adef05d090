/** OpenAI, by its official package: URL, key, organisation and version headers are the SDK's. */
import type { ChatRequest } from '../core/openai-types.ts';
import { oncePerTarget } from './once-per-target.ts';
import { sendOpenAiShaped } from './openai-wire.ts';
import { dropParams } from './parameters.ts';
import { prepareRequest } from './prepared-request.ts';
import type { Provider } from './provider.ts';
import type { Transport } from './transport.ts';

/** Reasoning models (o-series, gpt-5 and later) name the output cap anew and refuse sampling parameters. */
const REASONING_MODEL = /^(?:o\d|gpt-(?:[5-9]|\d\d))/;
const SAMPLING = [
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'logprobs',
  'top_logprobs',
  'logit_bias',
];

export function openai(transport: Transport): Provider {
  const prepared = oncePerTarget(async (target) => {
    const { default: OpenAI } = await import('openai');
    const client = new OpenAI({ apiKey: target.apiKey, baseURL: target.baseUrl, maxRetries: 0 });
    return prepareRequest(client, '/chat/completions', target.headers);
  });
  return {
    name: 'openai',
    async send(request, target, call) {
      const { body, dropped } = openAiBody(request, target.model, target.dropParams);
      return sendOpenAiShaped(transport, await prepared(target), body, target, call, dropped);
    },
  };
}

export function openAiBody(request: ChatRequest, model: string, unwanted: readonly string[]) {
  const reasoning = REASONING_MODEL.test(model);
  const { body, dropped } = dropParams(request, reasoning ? [...SAMPLING, ...unwanted] : unwanted);
  const { max_tokens: cap, ...rest } = body;
  return {
    dropped,
    body: {
      ...(reasoning && cap != null ? { max_completion_tokens: cap, ...rest } : body),
      model,
      // Usage is always wanted for the receipt; the caller sees it only on request.
      ...(request.stream && { stream_options: { ...request.stream_options, include_usage: true } }),
    },
  };
}
