/**
 * What a provider says in an error body, taken apart by its structure. Only fields that the provider itself writes are
 * read: a body may also quote the request, and what a caller wrote must decide nothing.
 */

/** What could be read of an error body; what is not there was not said, or was not the provider's own. */
export interface ProviderError {
  /** The most telling code or type (`insufficient_quota`, `overloaded_error`, …). */
  code?: string;
  /** Every whole value by which the provider classifies the error: codes, types, Google's status and reasons. */
  codes?: readonly string[];
  /** `error.code` where it is a word that clients act on, as it is handed on to the caller. */
  clientCode?: string;
  /** The request field at fault. */
  param?: string;
  /** The provider's own words, for people. */
  reason?: string;
  /** `reason` was put together from a validator's list, in which the names of fields are the caller's. */
  isFieldList?: boolean;
}

/** Error objects are flat; deeper nesting is somebody's prank. */
const MAX_DEPTH = 4;
/** Validators report every bad field; people read the first few. */
const MAX_FIELDS = 20;
const CLIENT_CODE = /^(?=.*[a-z])[\w.-]{1,64}$/i;

/**
 * OpenAI: `{error:{message,type,param,code}}`; Anthropic: `{type:"error",error:{type,message,details:{error_code}}}`;
 * Cohere `{message}`; Hugging Face `{error}`, `{detail}` or `{message}`; Replicate `{detail}`; xAI `{code,error}`; AI21
 * and Mistral, of a bad field, a list of `{loc, msg}` in `detail` or in `{message: {detail}}`; Gemini OpenAI's shape in a
 * list, with `status` and `details: [{@type, reason}]` (google.rpc.Status).
 */
export function errorInBody(body: string): ProviderError {
  try {
    return errorInObject(JSON.parse(body));
  } catch {
    return {};
  }
}

/** Reads a body that was parsed, or an error event of a stream, in any of the shapes that providers use. */
export function errorInObject(parsed: unknown): ProviderError {
  const outer = objectOf(Array.isArray(parsed) ? parsed[0] : parsed);
  if (!outer) return {};
  const inner = objectOf(outer.error) ?? outer;
  const codes = codesOf(inner);
  const clientCode = text(inner.code);
  const said = inner.message ?? (inner === outer ? outer.error : undefined) ?? inner.detail;
  const reason = words(said);
  return {
    code: codes[0],
    codes,
    clientCode: clientCode && CLIENT_CODE.test(clientCode) ? clientCode : undefined,
    param: text(inner.param)?.slice(0, 200),
    reason: reason && withoutKeys(reason),
    isFieldList: said !== undefined && typeof said !== 'string',
  };
}

function codesOf(error: Record<string, unknown>): string[] {
  const details = Array.isArray(error.details) ? error.details.slice(0, MAX_FIELDS) : [error.details];
  const detailed = details.map(objectOf).flatMap((detail) => [detail?.error_code, detail?.reason]);
  const types = details.map(objectOf).map((detail) => detail?.['@type']);
  return [...detailed, error.code, error.type, error.status, ...types].filter(
    (value): value is string => text(value) !== undefined,
  );
}

/** The words of an error: a text, or what a validator says of one field or of several. */
function words(value: unknown, depth = 0): string | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) {
    const fields = value.slice(0, MAX_FIELDS).map((field) => words(field, depth + 1));
    return fields.filter(Boolean).join('; ') || undefined;
  }
  const object = objectOf(value);
  if (!object) return text(value);
  const { loc, msg, message, detail } = object;
  const said = words(msg ?? message ?? detail, depth + 1);
  if (!said || !Array.isArray(loc)) return said;
  const path = loc
    .slice(0, MAX_FIELDS)
    .filter((step) => typeof step === 'string' || typeof step === 'number');
  return `${path.join('.')}: ${said}`;
}

/** Providers quote keys in their errors ("Incorrect API key provided: sk-…"); ours must not go on from here. */
export function withoutKeys(words: string, apiKey?: string): string {
  // A key of a few letters is none, and its letters stand in every word.
  const known = apiKey && apiKey.length >= 8 ? words.replaceAll(apiKey, '[key]') : words;
  return known.replace(/\b(?:sk|hf|r8|gsk|xai|tgp|key)[-_][\w*.-]{6,}/g, '[key]');
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
