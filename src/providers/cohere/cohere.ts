/** Cohere's own chat endpoint (v2). No package of theirs is installed: the address and two headers are all it would give. */
import { toJsonBody } from '../fit/json-body.ts';
import { oncePerTarget } from '../once-per-target.ts';
import type { PreparedRequest } from '../prepared-request.ts';
import type { Provider, Target } from '../provider.ts';
import { readReply } from '../reply.ts';
import { withSeveralChoices } from '../several.ts';
import type { Transport } from '../transport.ts';
import { readCohereReply } from './reply.ts';
import { chatBody, cohereFeatures } from './request.ts';
import { readEvents } from './stream.ts';

const BASE_URL = 'https://api.cohere.com/v2';

export function cohere(transport: Transport): Provider {
  const prepared = oncePerTarget(prepare);
  return withSeveralChoices({
    name: 'cohere',
    features: cohereFeatures,
    async send(request, target, call) {
      const { body, dropped } = chatBody(request, target, call);
      const reply = await transport.post(await prepared(target), toJsonBody(body), target, call);
      return readReply(reply, {
        target,
        dropped,
        wantsStream: request.stream,
        readWhole: (text) => readCohereReply(text, reply.headers, target),
        readStream: (bytes) => readEvents(bytes, target),
      });
    },
  });
}

async function prepare({ baseUrl, apiKey, headers }: Target): Promise<PreparedRequest> {
  const { origin, pathname, search } = new URL(`${(baseUrl ?? BASE_URL).replace(/\/+$/, '')}/chat`);
  const all: Record<string, string> = {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    ...(apiKey && { authorization: `Bearer ${apiKey}` }),
  };
  for (const [name, value] of Object.entries(headers)) all[name.toLowerCase()] = value;
  return { origin, path: pathname + search, headers: all };
}
