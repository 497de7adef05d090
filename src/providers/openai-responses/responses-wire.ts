/**
 * OpenAI's Responses API beside its chat completions, for those who serve both. A request that came in by this very wire goes on as
 * it was written, and its events come back as they came.
 */
import { HOUR } from '../../core/durations.ts';
import type { ChatRequest } from '../../core/openai-types.ts';
import { isMissingRoute } from '../../failures/classify.ts';
import { UpstreamFailure } from '../../failures/upstream-failure.ts';
import { asOnOwnWire } from '../features.ts';
import { composeBody } from '../fit/compose-body.ts';
import { type Logprobs, spellSecret, withoutNativeLogprobs } from '../normalise/secrets-in-logprobs.ts';
import { memoizePerTarget, prepareRequest } from '../prepared-request.ts';
import type { Call, Provider, Reply, Target } from '../provider.ts';
import { redactorOf } from '../target-secrets.ts';
import type { Transport } from '../transport.ts';
import { readReply } from '../whole-or-stream.ts';
import { nativeResponsesBody } from './native-responses-body.ts';
import { readResponse } from './response-reply.ts';
import { readResponseEvents } from './response-stream.ts';
import { type ResponsesRequest, toResponsesBody } from './responses-body.ts';
import { goesByResponses } from './wire-choice.ts';

const PATH = '/responses';
/** Says in `x-dropped-params` that a server has not this wire. */
const WITHOUT_WIRE = 'wire (responses)';
/** Milliseconds after which a server without the route is asked for it again: it may have been in the middle of an upgrade. */
const LOOK_AGAIN = HOUR;

type Wire = Pick<Provider, 'fit' | 'send'>;

/**
 * @param client of the official package
 * @param chat what is used where this wire is not, or cannot be
 * @param elapsed milliseconds since some moment
 */
export function withResponsesWire(
  transport: Transport,
  client: (target: Target) => Promise<unknown>,
  chat: Wire,
  elapsed = () => performance.now(),
): Wire {
  const prepared = memoizePerTarget(async (target) =>
    prepareRequest(await client(target), PATH, target.headers),
  );
  // When it was found; a reloaded configuration makes new targets, and looks anew.
  const withoutRoute = new WeakMap<Target, number>();
  const isWithoutRoute = (target: Target) =>
    elapsed() - (withoutRoute.get(target) ?? Number.NEGATIVE_INFINITY) < LOOK_AGAIN;

  const sendBy = async (request: ResponsesRequest, target: Target, call: Call): Promise<Reply> => {
    const { body, dropped, isNative } = request;
    const { headers, body: written } = (isNative && call.native) || { headers: undefined, body: call.source };
    const { headers: own, ...place } = await prepared(target);
    const reply = await transport.post(
      { ...place, headers: headers ? { ...headers, ...own } : own },
      await composeBody(body, written),
      target,
      call,
    );
    return readReply(reply, {
      target,
      dropped,
      isNative,
      wantsStream: body.stream === true,
      readWhole: (text) => {
        const mayBeTold = (logprobs: Logprobs) => !spellSecret(logprobs, redactorOf(target));
        return readResponse(withoutNativeLogprobs(text, mayBeTold), reply.headers, target, request);
      },
      readStream: (bytes) => readResponseEvents(bytes, target, request),
    });
  };

  /** Reasoning that OpenAI cannot read, of another organisation or of a model that shares none, is left out and named. */
  const send = async (request: ChatRequest, target: Target, call: Call): Promise<Reply> => {
    const asked = bodyOf(request, target, call);
    try {
      return await sendBy(asked, target, call);
    } catch (error) {
      if (!isUnreadableReasoning(error) || call.isOtherModel) throw error;
      const without = bodyOf(request, target, { ...call, isOtherModel: true });
      if (without.dropped.length === asked.dropped.length) throw error;
      return sendBy(without, target, call);
    }
  };

  const byChat = async (request: ChatRequest, target: Target, call: Call): Promise<Reply> => {
    const reply = await chat.send(request, target, call);
    return { ...reply, dropped: [...(reply.dropped ?? []), WITHOUT_WIRE] };
  };

  return {
    fit(request, target, call) {
      if (!goesByResponses(request, target, call)) return chat.fit(request, target, call);
      if (!isWithoutRoute(target)) return bodyOf(request, target, call);
      const { dropped = [] } = chat.fit(request, target, call);
      return { dropped: [...dropped, WITHOUT_WIRE] };
    },
    async send(request, target, call) {
      if (!goesByResponses(request, target, call)) return chat.send(request, target, call);
      if (isWithoutRoute(target)) return byChat(request, target, call);
      try {
        return await send(request, target, call);
      } catch (error) {
        if (!isMissingRoute(error, target)) throw error;
      }
      const reply = await byChat(request, target, call);
      // Only where there is another route is it this one that is missing.
      withoutRoute.set(target, elapsed());
      return reply;
    },
  };
}

/** As the caller wrote it where that is this wire; else in translation. */
function bodyOf(request: ChatRequest, target: Target, call: Call): ResponsesRequest {
  const { native } = call;
  const own =
    native?.wire === 'responses'
      ? nativeResponsesBody(native, request, target, asOnOwnWire(call))
      : undefined;
  return own ?? toResponsesBody(request, target, call);
}

/** "The encrypted content … could not be verified." (OpenAI's reply of status 400) */
function isUnreadableReasoning(error: unknown): boolean {
  return error instanceof UpstreamFailure && error.facts.code === 'invalid_encrypted_content';
}
