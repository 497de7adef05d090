/** Long texts piece by piece: what is made of one of megabytes need never be there as a whole. */

/**
 * @param length characters of a piece; one more where a character would be cut in two, as its half is written in another way
 * than the whole
 */
export function* textPieces(text: string, length: number): Generator<string> {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + length, text.length);
    if (isHighHalf(text.charCodeAt(end - 1))) end += 1;
    yield text.slice(start, end);
    start = end;
  }
}

/** The first half of a character that JavaScript writes as two. */
export function isHighHalf(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
