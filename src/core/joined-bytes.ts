import { isTurnOver, turnForLargeWork } from './large-work.ts';

/** Bytes that are copied between two looks at how long that has taken. */
const COPIED_AT_ONCE = 1024 * 1024;

/** Bytes that came in parts as one piece; megabytes of them are copied in turns of the event loop. @param length of all parts */
export async function joinedBytes(parts: readonly Buffer[], length: number): Promise<Buffer> {
  if (parts.length === 1) return parts[0]!;
  if (length <= COPIED_AT_ONCE) return Buffer.concat(parts, length);
  const whole = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const part of parts)
    for (let start = 0; start < part.length; start += COPIED_AT_ONCE) {
      at += part.copy(whole, at, start, start + COPIED_AT_ONCE);
      if (isTurnOver()) await turnForLargeWork();
    }
  return whole;
}
