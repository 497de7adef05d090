/**
 * A request as its caller wrote it, beside its translation: a provider that speaks the same wire gets this one, with no
 * more changed than must be.
 */
export interface NativeRequest {
  /** The door it came in by, which is the wire it is written in. */
  readonly wire: 'messages' | 'responses';
  readonly body: Readonly<Record<string, unknown>>;
  /** What that wire says in headers: versions and betas. Checked to be sendable. */
  readonly headers: Readonly<Record<string, string>>;
}
