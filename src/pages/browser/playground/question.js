/** From what was set in the form to what is sent. */
import { doors } from './doors.js';
import { faults } from './faults.js';

/** @typedef {import('./question-form.js').Draft} Draft */

/** @param {Draft} draft @returns {{ more: Record<string, unknown>, problem: string | undefined }} */
export function readMore({ more }) {
  if (!more.trim()) return { more: {}, problem: undefined };
  try {
    const value = JSON.parse(more);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { more: value, problem: undefined };
    return { more: {}, problem: 'This must be a JSON object: {"name": value}.' };
  } catch (error) {
    return { more: {}, problem: `This is not JSON: ${/** @type {Error} */ (error).message}` };
  }
}

/** @param {Draft} draft @param {number} pane 0 or 1 @returns {import('./doors.js').Question} */
export function questionOf(draft, pane) {
  /** @param {string} text */
  const numeral = (text) => (text === '' ? undefined : Number(text));
  return {
    prompt: draft.prompt,
    messages: draft.form === 'messages' ? draft.messages.filter(({ content }) => content.trim()) : undefined,
    model: draft.models[pane] ?? '',
    stream: draft.stream,
    parameters: {
      max_tokens: numeral(draft.maxTokens),
      temperature: numeral(draft.temperature),
      top_p: numeral(draft.topP),
      user: draft.user || undefined,
    },
    more: readMore(draft).more,
  };
}

/** @param {Draft} draft @returns {boolean} something is asked */
export function hasQuestion({ form, prompt, messages }) {
  return form === 'prompt'
    ? prompt.trim() !== ''
    : messages.some(({ role, content }) => role === 'user' && content.trim());
}

/** @param {Draft} draft */
export function doorOf({ door }) {
  return doors.find(({ id }) => id === door) ?? doors[0];
}

/** @param {Draft} draft @param {boolean} isDemo @returns {Record<string, string>} */
export function headersOf({ fault, simulate, fresh }, isDemo) {
  const header = fault === 'own' ? simulate.trim() : (faults.find(({ id }) => id === fault)?.header ?? '');
  return {
    ...(isDemo && header && { 'x-simulate': header }),
    // A fault is seen only where a model is asked.
    ...((fresh || (isDemo && header)) && { 'cache-control': 'no-cache' }),
  };
}
