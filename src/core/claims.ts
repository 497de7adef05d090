/**
 * Who of several processes does what only one of them should. A claim is short and renewed while its process is at work, so
 * that another takes over from one that dies; what has been done is remembered for as long as nobody should do it again.
 */

/** `ours`: do it; `at work`: another does; `done`: another has, and for so many milliseconds nobody should. */
export type Claim =
  | { readonly state: 'ours' }
  | { readonly state: 'at work' }
  | { readonly state: 'done'; readonly milliseconds: number };

/** All of them throw where what the processes share is unavailable. */
export interface Claims {
  /** @param milliseconds until it ends, unless it is renewed */
  take(name: string, milliseconds: number): Promise<Claim>;
  /** Of one's own claim. @param milliseconds from then on */
  renew(name: string, milliseconds: number): Promise<void>;
  /** Nobody does it again for so many milliseconds. */
  done(name: string, milliseconds: number): Promise<void>;
  /** Anybody may do it, at work or done. */
  release(name: string): Promise<void>;
}
