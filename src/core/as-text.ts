/**
 * What a caller or a provider sent, as a text, whatever it is: `String` would throw where an object has a `toString` of its
 * own, which JSON can hold.
 */
export function asText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
