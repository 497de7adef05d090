/** A request body as JSON text that every parser takes. */

/**
 * `JSON.stringify` writes half of a surrogate pair (a character that was cut in two) as an escape, which strict
 * parsers refuse: Rust's serde with "unexpected end of hex escape", Python's when it encodes the text again. The
 * replacement character takes its place, as `String.prototype.toWellFormed` has it. Whole pairs are never escaped, so
 * the text is only searched.
 */
export function toJsonBody(body: unknown): string {
  const json = JSON.stringify(body);
  if (!json.includes('\\ud')) return json;
  // An escaped backslash before `ud` is a backslash of the text, not the beginning of an escape.
  return json.replace(/\\\\|\\ud[89a-f][0-9a-f]{2}/g, (found) => (found === '\\\\' ? found : '\ufffd'));
}
