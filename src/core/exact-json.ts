/**
 * JSON whose whole numbers go on exactly. JavaScript's numbers hold 53 bits, and what belongs to a provider (a seed, the
 * bounds in a tool's schema) may have 64: such a number is kept as its own text and written as it came.
 */

/** Of the proposal "JSON.parse source text access" (ECMAScript 2026), which the language's types do not have yet. */
interface ExactJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
}
const exact = JSON as unknown as ExactJson;

const WHOLE_NUMBER = /^-?\d+$/;

/**
 * Slower than `JSON.parse` by several times: for texts that hold a long number.
 * @throws {SyntaxError}
 */
export function parseExactly(text: string): unknown {
  return exact.parse(text, (_key, value, { source }) =>
    typeof value === 'number' &&
    !Number.isSafeInteger(value) &&
    source !== undefined &&
    WHOLE_NUMBER.test(source)
      ? exact.rawJSON(source)
      : value,
  );
}

/** A number that was kept as its text. */
export function isExactNumber(value: unknown): boolean {
  return exact.isRawJSON(value);
}

/** A whole number, also one that was kept as text. */
export function isWholeNumber(value: unknown): boolean {
  return Number.isSafeInteger(value) || exact.isRawJSON(value);
}
