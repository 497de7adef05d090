/** Identifiers that look like each provider's own, derived from a counter so that runs repeat. */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `length` characters that depend only on the salt and the number, spread by FNV-1a and xorshift. */
function scramble(salt: string, number: number, length: number, letters = alphabet): string {
  let state = 0x811c9dc5;
  for (const character of `${salt}:${number}`) {
    state = Math.imul(state ^ character.charCodeAt(0), 0x01000193) >>> 0;
  }
  let text = '';
  for (let index = 0; index < length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    text += letters[(state >>> 0) % letters.length];
  }
  return text;
}

/** As OpenAI writes them. */
export const openaiCompletionId = (number: number) => `chatcmpl-${scramble('chatcmpl', number, 29)}`;

/** Of the header `x-request-id`. */
export const openaiRequestId = (number: number) => `req_${scramble('req', number, 32, '0123456789abcdef')}`;

/** As Anthropic writes them. */
export const anthropicMessageId = (number: number) => `msg_01${scramble('msg', number, 22)}`;

/** Of the header `request-id`. */
export const anthropicRequestId = (number: number) => `req_011C${scramble('areq', number, 20)}`;

/** Together's ids have three parts, as in `okkMWqL-2kFHot-a023f60e9b77ff7e`. */
export function togetherId(number: number): string {
  const ray = scramble('ray', number, 16, '0123456789abcdef');
  return `o${scramble('o', number, 6)}-${scramble('region', 1, 6)}-${ray}`;
}

/** The id of the `index`th tool call of a reply. */
export const openaiToolCallId = (number: number, index: number) =>
  `call_${scramble(`call${index}`, number, 24)}`;

/** Of the n-th tool call of a message. */
export const anthropicToolUseId = (number: number, index: number) =>
  `toolu_01${scramble(`toolu${index}`, number, 22)}`;

/** The id of a response, or of the `index`th item of one, as in `msg_68a…`. */
export const openaiItemId = (prefix: string, number: number, index: number) =>
  `${prefix}_${scramble(`${prefix}${index}`, number, 48, '0123456789abcdef')}`;
