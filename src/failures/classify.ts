/**
 * From facts to a kind, by structure: what we saw ourselves, then the provider's codes as whole values, then its message
 * by anchored sentences (`error-codes.ts`, `error-sentences.ts`), then the status alone. Nothing is searched for in a body,
 * which may quote the request: what a caller writes must not put a model or a key out of use for others.
 */
import { kindsOfCodes } from './error-codes.ts';
import { AFTER_CODES, BEFORE_CODES, fits, isOfModel, type SentenceRule } from './error-sentences.ts';
import { Failure } from './failure.ts';
import { type FailureKind, failureTable } from './failure-table.ts';
import { parseRetryAfter } from './retry-after.ts';
import { type UpstreamFacts, UpstreamFailure } from './upstream-failure.ts';

/** Characters of a message that are looked at: the sentences are short. */
const MAX_SENTENCE = 600;

/** Pydantic's words after the name of a field, as Anthropic hands them on in one text. */
const FIELD_ERROR = /: (?:Extra inputs are not permitted|Field required|Input should be [^:]{1,100})$/;

/**
 * Names the failure behind anything thrown by a provider.
 * @param now milliseconds since the epoch, to read Retry-After dates
 * @param target whom the provider was asked for: only of its own model may it say that it is gone
 */
export function classify(error: unknown, now: number, target?: { readonly model: string }): Failure {
  if (error instanceof Failure) return error;
  if (!(error instanceof UpstreamFailure)) {
    const message = 'The server met a fault of its own while talking to the provider.';
    return new Failure('internal', message, { cause: error });
  }
  const { facts } = error;
  const kind = kindOf(facts, target?.model);
  const isRefusal = failureTable[kind].whenNoneAnswered === 'told';
  return new Failure(kind, facts.message, {
    facts,
    param: facts.unsupported ?? (isRefusal ? facts.param : undefined),
    // Clients know our own code of a full context; of other refusals the provider's tells them more.
    code: isRefusal && kind !== 'context_length_exceeded' ? facts.clientCode : undefined,
    retryAfterMs: parseRetryAfter(facts.headers, facts.reason, now),
    cause: error,
  });
}

/** Statuses of a server that does not have what was asked for. */
const OF_NO_ROUTE: readonly (number | undefined)[] = [404, 405, 501];

/** Whether a server lacks the route itself that was asked: not a model, nor anything that the request names. */
export function isMissingRoute(error: unknown, target: { readonly model: string }): boolean {
  if (!(error instanceof UpstreamFailure) || !OF_NO_ROUTE.includes(error.facts.status)) return false;
  const { facts } = error;
  const namesSomething = facts.param !== undefined || /^Item with id /.test(facts.reason ?? '');
  return !namesSomething && kindOf(facts, target.model) !== 'model_gone';
}

function kindOf(facts: UpstreamFacts, model: string | undefined): FailureKind {
  const seen = kindOfWhatWeSaw(facts);
  if (seen) return seen;
  const status = facts.status ?? 0;
  // A missing page of a server that is not even an API says nothing of keys and models, but Perplexity answers one to a
  // bad key.
  if (status >= 400 && status !== 401 && isPage(facts)) return 'upstream_unavailable';
  // The names before a validator's words are the caller's.
  const isOfField = facts.isFieldList || FIELD_ERROR.test(facts.reason ?? '');
  const message = isOfField ? '' : (facts.reason ?? '').slice(0, MAX_SENTENCE);
  const said = (rule: SentenceRule) => message !== '' && fits(rule, status, message, model);
  return (
    BEFORE_CODES.find(said)?.kind ??
    kindByCode(facts, status, (kind) => kind !== 'model_gone' || isOfModel(message, facts.param, model)) ??
    AFTER_CODES.find(said)?.kind ??
    kindByStatus(status, facts)
  );
}

function kindOfWhatWeSaw(facts: UpstreamFacts): FailureKind | undefined {
  if (facts.unsupported !== undefined) return 'unsupported_parameter';
  if (facts.timeout !== undefined) return 'upstream_timeout';
  if (facts.network !== undefined) return 'upstream_unavailable';
  if (facts.malformed) return 'upstream_malformed';
  if (facts.invalidOutput) return 'invalid_output';
  return undefined;
}

/** A page instead of JSON with an error status is a broken gateway on the way, whatever its words say. */
function isPage(facts: UpstreamFacts): boolean {
  return /^\s*<(?:!doctype|html|head|body|\?xml)/i.test(facts.body ?? '');
}

/** A spent balance decides before a rate limit: OpenAI reports both as 429. With 5xx a provider speaks of itself. */
function kindByCode(
  { code, codes = code === undefined ? [] : [code] }: UpstreamFacts,
  status: number,
  isMeant: (kind: FailureKind) => boolean,
): FailureKind | undefined {
  if (status >= 500) return undefined;
  const kinds = kindsOfCodes(codes).map((kind) => (isMeant(kind) ? kind : 'target_refused'));
  if (kinds.includes('upstream_rate_limited') && codes.includes(RETRY_INFO)) return 'upstream_rate_limited';
  return kinds.find((kind) => kind === 'upstream_quota') ?? (status === 429 ? undefined : kinds[0]);
}

/** Gemini says "exceeded your current quota" of a limit by the minute too, and then when to come back. */
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

const KIND_OF_STATUS: Readonly<Record<number, FailureKind>> = {
  401: 'upstream_unauthorized',
  402: 'upstream_quota',
  // Without a word about key or content: this key may not use this model, or not from here.
  403: 'target_refused',
  // A wrong path, a file that is not there: only a provider that names the model says that it is gone.
  404: 'target_refused',
  405: 'target_refused',
  408: 'upstream_unavailable',
  409: 'upstream_unavailable',
  413: 'context_length_exceeded',
  421: 'target_refused',
  424: 'upstream_unavailable', // TGI: the generation failed
  425: 'upstream_unavailable',
  426: 'target_refused',
  429: 'upstream_rate_limited',
  451: 'target_refused',
  498: 'content_filtered', // Cohere: an unsafe request
  499: 'upstream_unavailable', // Cohere: cancelled
  501: 'target_refused',
};

function kindByStatus(status: number, { reason, code = '', codes = [code] }: UpstreamFacts): FailureKind {
  if (status === 410) return reason === undefined ? 'model_gone' : 'target_refused';
  const known = KIND_OF_STATUS[status];
  if (known) return known;
  if (status >= 400 && status < 500) return 'upstream_bad_request';
  // Told inside a stream, where there is no status.
  if (status === 0 && codes.includes('invalid_request_error')) return 'upstream_bad_request';
  return 'upstream_unavailable';
}
