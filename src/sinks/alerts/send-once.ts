/** Agreement of several processes on who sends an alert, so that a team gets one message and not one from each. */
import type { Claim, Claims } from '../../core/claims.ts';

/** Milliseconds after which another process may send what one that died was sending. */
export const LEASE = 30_000;

/** What is sent, and what all processes know it by. */
export interface ClaimedMessage {
  readonly name: string;
  /** What is not so any more with this message: it may be sent again from then on. */
  readonly opposite: string;
  /** Milliseconds for which nobody else sends it, asked for when it was sent. */
  readonly silence: () => number;
  readonly send: () => Promise<void>;
  /** Milliseconds. */
  readonly lease: number;
}

/** `at work`: another process is sending it, or died over it; `done`: another has sent it, for so many milliseconds. */
type SendResult = { readonly state: 'sent' } | Exclude<Claim, { state: 'ours' }>;

/**
 * A process that sends keeps its claim alive and gives it back when it fails, so that no alert is lost with a process.
 * @throws {Error} what `send` throws
 */
export async function sendOnce(
  claims: Claims,
  { name, opposite, silence, send, lease }: ClaimedMessage,
): Promise<SendResult> {
  // Told twice is better than not at all.
  const claim = await claims.take(name, lease).catch((): Claim => ({ state: 'ours' }));
  if (claim.state !== 'ours') return claim;
  const renewal = setInterval(() => void claims.renew(name, lease).catch(() => {}), lease / 3).unref();
  // At once: what happens while a webhook hangs is another matter already.
  await claims.release(opposite).catch(() => {});
  try {
    await send();
  } catch (error) {
    await claims.release(name).catch(() => {});
    throw error;
  } finally {
    clearInterval(renewal);
  }
  await claims.done(name, silence()).catch(() => {});
  return { state: 'sent' };
}
