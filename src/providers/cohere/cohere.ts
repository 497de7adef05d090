import type { ChatRequest } from '../../core/openai-types.ts';
import { inBatches } from '../embeddings/in-batches.ts';
import { composeBody } from '../fit/compose-body.ts';
import { withNChoices } from '../n-choices.ts';
import { memoizePerTarget, type PreparedRequest } from '../prepared-request.ts';
import type { Call, Provider, Target, WholeReply } from '../provider.ts';
import type { Transport } from '../transport.ts';
import { readReply, readText } from '../whole-or-stream.ts';
import { COHERE_BATCH, embedBody, readCohereEmbeddings } from './cohere-embeddings.ts';
import { readCohereReply } from './cohere-reply.ts';
import { cohereFeatures, toCohereBody } from './cohere-request.ts';
import { readCohereEvents } from './cohere-stream.ts';

const BASE_URL = 'https://api.cohere.com/v2';

/** Cohere's own chat endpoint (v2). No package of theirs is installed: the address and two headers are all it would give. */
export function cohere(transport: Transport): Provider {
  const prepared = memoizePerTarget((target) => prepare(target, '/chat'));
  const preparedEmbed = memoizePerTarget((target) => prepare(target, '/embed'));
  const embed = async (request: ChatRequest, target: Target, call: Call): Promise<WholeReply> => {
    const { body, dropped } = embedBody(request, target, call);
    const reply = await transport.post(
      await preparedEmbed(target),
      await composeBody(body, call.source),
      target,
      call,
    );
    const { headers, status } = reply;
    const text = await readText(reply.body, target);
    const completion = readCohereEmbeddings(text, headers, request, target);
    return { kind: 'whole', dropped, headers, status, completion };
  };
  return withNChoices({
    name: 'cohere',
    features: cohereFeatures,
    // docs.cohere.com/v2/reference/chat: up to 5.
    mostStops: () => 5,
    fit: toCohereBody,
    async send(request, target, call) {
      const { body, dropped } = toCohereBody(request, target, call);
      const reply = await transport.post(
        await prepared(target),
        await composeBody(body, call.source),
        target,
        call,
      );
      return readReply(reply, {
        target,
        dropped,
        wantsStream: request.stream,
        readWhole: (text) => ({ completion: readCohereReply(text, reply.headers, target) }),
        readStream: (bytes) => readCohereEvents(bytes, target),
      });
    },
    embed: inBatches(embed, () => COHERE_BATCH),
  });
}

async function prepare({ baseUrl, apiKey, headers }: Target, path: string): Promise<PreparedRequest> {
  const { origin, pathname, search } = new URL(`${(baseUrl ?? BASE_URL).replace(/\/+$/, '')}${path}`);
  const all: Record<string, string> = {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    ...(apiKey && { authorization: `Bearer ${apiKey}` }),
  };
  for (const [name, value] of Object.entries(headers)) all[name.toLowerCase()] = value;
  return { origin, path: pathname + search, headers: all };
}
