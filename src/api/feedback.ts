/** What people think of an answer: a score, for PromptLayer and Langfuse; that the semantic cache had the wrong one. */
import { z } from 'zod';
import { Failure, invalidRequest } from '../failures/failure.ts';
import { parseBody } from '../failures/parse-body.ts';
import type { ApiServices, Endpoint, PlainCall, PlainReply } from './endpoint.ts';
import { ownKeyId } from './management/management-route.ts';
import { openAiErrors } from './openai-chat/openai-error.ts';

const MAX_BODY_BYTES = 16 * 1024;
const USUAL_NAME = 'feedback';
const SCORE = 'must be a whole number from 0 to 100';
const NAME = 'must be 1 to 64 letters, digits, spaces or any of _ . : -';

/** The body of a report; at least one of its fields has to be there. */
export const feedbackBody = z.strictObject({
  wrong_answer: z
    .literal(true, 'must be true')
    .optional()
    .describe('The semantic cache gave this caller the answer to another question'),
  score: z
    .int(SCORE)
    .min(0, SCORE)
    .max(100, SCORE)
    .optional()
    .describe('How good the answer was: goes to PromptLayer and Langfuse'),
  name: z
    .string(NAME)
    .regex(/^[\w .:-]{1,64}$/, NAME)
    .optional()
    .describe('What was scored; `feedback` without it'),
});

/** `POST /requests/{id}/feedback`, for callers about their own requests. */
export const feedbackEndpoints: readonly Endpoint[] = [
  {
    kind: 'plain',
    format: openAiErrors,
    access: 'caller',
    method: 'POST',
    paths: ['/requests/{id}/feedback'],
    hasBody: true,
    maxBodyBytes: MAX_BODY_BYTES,
    answer: takeFeedback,
  },
];

async function takeFeedback(call: PlainCall, services: ApiServices): Promise<PlainReply> {
  const { wrong_answer: isWrong, score, name = USUAL_NAME } = readFeedback(call.body);
  const id = call.params.id!;
  // Both are looked for before either is told.
  const scored = score === undefined ? undefined : await findScored(call, services);
  if (isWrong) reportWrong(call, services);
  if (scored && score !== undefined)
    services.chat().events.publish({ type: 'request_scored', ...scored, name, score });
  return {
    body: { id, ...(isWrong && { wrong_answer: true }), ...(score !== undefined && { score, name }) },
  };
}

/** @throws {Failure} `invalid_request` naming the field */
function readFeedback(body: unknown): z.output<typeof feedbackBody> {
  const feedback = parseBody(feedbackBody, body ?? {}, '{"score": 80}');
  const { wrong_answer: isWrong, score, name } = feedback;
  if (name !== undefined && score === undefined)
    throw invalidRequest('`name` says what was scored: give a `score` with it.', 'score');
  if (isWrong === undefined && score === undefined)
    throw invalidRequest(
      'Say how good it was ({"score": 80}) or that it was the answer to another question ({"wrong_answer": true}).',
      'score',
    );
  return feedback;
}

/** Which of the caller's calls it was. @throws {Failure} */
async function findScored({ params, identity }: PlainCall, { chat, accounts }: ApiServices) {
  if (!chat().events.isHeard.request_scored) {
    throw invalidRequest(
      'Scores go to PromptLayer or Langfuse, and neither is switched on (PROMPTLAYER_API_KEY, LANGFUSE_PUBLIC_KEY).',
      'score',
    );
  }
  const row = await accounts.ledger.findRow(params.id!, ownKeyId(identity!));
  if (!row || row.refused_status !== null)
    throw notFound('There is no such request that was answered, or it is not yours.');
  return { requestId: params.id!, callId: row.id };
}

/** The pair of questions never meets again, and counts as a false hit: for the caller, or by the administrator for all. */
function reportWrong({ params, call }: PlainCall, { hitWatch }: ApiServices): void {
  const scope = call!.isAdmin ? undefined : call!.caller.scope;
  if (!hitWatch()?.reportWrong(params.id!, scope))
    throw notFound('No answer of the semantic cache to this request of yours is remembered.');
}

function notFound(message: string): Failure {
  return new Failure('invalid_request', message, { status: 404, param: 'id' });
}
