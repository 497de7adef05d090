import { errorReply, errorReplyForFault } from './errors.ts';
import { isObject, jsonReply, type PlannedReply, type ProviderRequest, type ReplyContext } from './wire.ts';

/** PromptLayer's `POST /log-request`: the body is recorded with the call, the reply is 201 and an id. Scores are taken. */
export function promptLayerReply(request: ProviderRequest, context: ReplyContext): PlannedReply {
  const { callNumber } = context;
  const isScore = request.path === '/library-track-score';
  if (request.method !== 'POST' || !(isScore || request.path === '/log-request')) {
    return errorReplyForFault('promptlayer', '404', '', callNumber)!;
  }
  if (!request.headers['x-api-key']) return errorReplyForFault('promptlayer', '401', '', callNumber)!;
  if (isScore) return jsonReply(200, { success: true });
  const { body } = request;
  const missing = isObject(body)
    ? ['provider', 'model', 'input', 'output', 'request_start_time', 'request_end_time'].filter(
        (name) => !(name in body),
      )
    : ['body'];
  if (missing.length > 0) {
    return errorReply(
      'promptlayer',
      400,
      { type: 'error', message: `Missing: ${missing.join(', ')}.` },
      callNumber,
    );
  }
  return jsonReply(201, { id: callNumber, prompt_version: null });
}
