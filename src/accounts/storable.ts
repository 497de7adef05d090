/** Text of callers as every store of ours takes it. */

/** PostgreSQL's text takes no NUL, and neither it nor Redis's JSON half a surrogate pair. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}
