/** Calls of this server's own API. The session cookie goes with them by itself. */

/** What the server refused, in its own words. */
export class ApiError extends Error {
  /** @param {string} message @param {number} status 0: there was no reply @param {string} [code] @param {string} [requestId] */
  constructor(message, status, code, requestId) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

/**
 * @template {string} Path
 * @template {import('./reply.js').Method} [Given='GET']
 * @param {Path} path
 * @param {{ method?: Given, body?: object, headers?: Record<string, string>, signal?: AbortSignal }} [options]
 * @returns {Promise<import('./reply.js').ApiReply<Given, Path>>} the reply's JSON
 * @throws {ApiError}
 */
export async function call(path, options = {}) {
  const response = await send(path, options);
  return response.json();
}

/**
 * @param {string} path
 * @param {{ method?: string, body?: object, headers?: Record<string, string>, signal?: AbortSignal }} [options]
 * @returns {Promise<Response>} of a status below 400
 * @throws {ApiError}
 */
export async function send(path, { method = 'GET', body, headers = {}, signal } = {}) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body ? { 'content-type': 'application/json', ...headers } : headers,
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError('The server cannot be reached. Is it still running?', 0);
  }
  if (response.ok) return response;
  if (response.status === 401) toSignIn();
  throw await errorOf(response);
}

/** The session has ended meanwhile; the sign-in page itself says that a key is wrong. */
function toSignIn() {
  if (location.pathname !== '/ui/sign-in')
    location.assign(`/ui/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`);
}

/** @param {Response} response @returns {Promise<ApiError>} */
async function errorOf(response) {
  const text = await response.text().catch(() => '');
  const fallback = `The server answered ${response.status}.`;
  const id = response.headers.get('x-request-id') ?? undefined;
  try {
    const { error } = JSON.parse(text);
    return new ApiError(error.message ?? fallback, response.status, error.code ?? error.type, id);
  } catch {
    return new ApiError(fallback, response.status, undefined, id);
  }
}

/** @param {Record<string, string | number | undefined | null | false>} values @returns {'' | `?${string}`} `?a=1`, or nothing */
export function query(values) {
  const given = Object.entries(values).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}
