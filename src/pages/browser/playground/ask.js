/** Asks one question and tells what comes, while it comes. */
import { call, send } from '../parts/api.js';
import { readEventStream } from '../parts/event-stream.js';

/** @typedef {import('./doors.js').Door} Door */
/** @typedef {import('./doors.js').Question} Question */

/**
 * @typedef {object} Facts what the reply's headers say
 * @property {string} id
 * @property {string | null} model
 * @property {string | null} attempts
 * @property {string | null} cache
 * @property {string | null} cost
 * @property {string | null} dropped
 */

/**
 * @typedef {object} Asked
 * @property {string} text
 * @property {Facts | undefined} facts
 * @property {boolean} stitched
 * @property {number | undefined} firstWordMs as seen from here
 * @property {number | undefined} endedMs
 */

/**
 * @param {Door} door
 * @param {Question} question
 * @param {{ headers: Record<string, string>, signal: AbortSignal, onChange: (asked: Asked) => void }} options
 * @returns {Promise<Asked>} a whole answer
 * @throws {Error} what the server said in place of one; what had come until then has been told
 */
export async function ask(door, question, { headers, signal, onChange }) {
  const began = performance.now();
  /** @type {Asked} */
  let asked = { text: '', facts: undefined, stitched: false, firstWordMs: undefined, endedMs: undefined };
  /** @param {Partial<Asked>} news */
  const change = (news) => {
    asked = { ...asked, ...news };
    onChange(asked);
  };
  const response = await send(door.path, { method: 'POST', body: door.body(question), headers, signal });
  change({ facts: factsOf(response) });
  if (!question.stream) {
    const { text } = door.readWhole(await response.json());
    change({ text, endedMs: performance.now() - began });
    return asked;
  }
  for await (const { data } of readEventStream(response)) {
    const part = door.readEvent(data === '[DONE]' ? data : JSON.parse(data));
    if (part.error) throw new Error(part.error);
    if (part.text)
      change({ text: asked.text + part.text, firstWordMs: asked.firstWordMs ?? performance.now() - began });
    if (part.stitched) change({ stitched: true });
    if (part.end) {
      change({ endedMs: performance.now() - began });
      return asked;
    }
  }
  throw new Error('The connection ended before the answer did.');
}

/** @param {Response} response @returns {Facts} */
function factsOf({ headers }) {
  return {
    id: headers.get('x-request-id') ?? '',
    model: headers.get('x-model'),
    attempts: headers.get('x-attempts'),
    cache: headers.get('x-cache'),
    cost: headers.get('x-cost-usd'),
    dropped: headers.get('x-dropped-params'),
  };
}

/**
 * @param {string} id
 * @returns {Promise<import('../parts/reply.js').AnsweredRequest | undefined>} the receipt; nothing for those who may not see one
 */
export async function fetchReceipt(id) {
  try {
    const found = await call(`/requests/${encodeURIComponent(id)}`);
    return 'kind' in found ? undefined : found;
  } catch {
    return undefined;
  }
}
