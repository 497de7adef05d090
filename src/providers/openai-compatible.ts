/** Any server that speaks the OpenAI wire: Ollama, vLLM, llama.cpp, LM Studio and many more, by `base_url`. */

import { oncePerTarget } from './once-per-target.ts';
import { sendOpenAiShaped } from './openai-wire.ts';
import { dropParams } from './parameters.ts';
import { prepareRequest } from './prepared-request.ts';
import type { Provider } from './provider.ts';
import type { Transport } from './transport.ts';

export function openaiCompatible(transport: Transport): Provider {
  const prepared = oncePerTarget(async (target) => {
    const { default: OpenAI } = await import('openai');
    // Local servers want no key; the SDK wants some text, and organisation headers are OpenAI's own affair.
    const client = new OpenAI({
      apiKey: target.apiKey ?? 'none',
      baseURL: target.baseUrl,
      organization: null,
      project: null,
      maxRetries: 0,
    });
    return prepareRequest(client, '/chat/completions', target.headers);
  });
  return {
    name: 'openai-compatible',
    async send(request, target, call) {
      const { body, dropped } = dropParams(request, target.dropParams);
      const options = request.stream
        ? { stream_options: { ...request.stream_options, include_usage: true } }
        : {};
      const dialect = { ...body, model: target.model, ...options };
      return sendOpenAiShaped(transport, await prepared(target), dialect, target, call, dropped);
    },
  };
}
