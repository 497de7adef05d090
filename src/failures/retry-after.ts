/** Every way providers spell "come back later", in milliseconds. */
import { HOUR, MINUTE } from '../core/durations.ts';

/** A date in the year 9999 is a mistake, and a limit by the day is worth a look each hour. */
export const MAX_RETRY_AFTER = HOUR;
/** OpenAI's spelling, such as `6m0s`, `1.5s`, `20ms`, `1h2m3s`. */
const COMPOUND = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;

/**
 * @param headers lower-cased response headers
 * @param reason the provider's own words; Replicate and OpenAI name the wait in the text
 * @param now milliseconds since the epoch
 * @returns milliseconds from now, at most an hour, or `undefined` when the provider did not say
 */
export function parseRetryAfter(
  headers: Readonly<Record<string, string>> | undefined,
  reason: string | undefined,
  now: number,
): number | undefined {
  const wait =
    milliseconds(headers?.['retry-after-ms']) ??
    secondsOrDate(headers?.['retry-after'], now) ??
    exhaustedReset(headers, now) ??
    fromWords(reason);
  return wait === undefined ? undefined : Math.min(Math.max(0, Math.ceil(wait)), MAX_RETRY_AFTER);
}

function milliseconds(text: string | undefined): number | undefined {
  if (!text?.trim()) return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** `Retry-After` per RFC 9110: seconds or an HTTP date. */
function secondsOrDate(text: string | undefined, now: number): number | undefined {
  if (!text?.trim()) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1000 : undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : date - now;
}

/** `x-ratelimit-reset-*` counts only for a limit that is really used up, else it would name the wrong wait. */
function exhaustedReset(
  headers: Readonly<Record<string, string>> | undefined,
  now: number,
): number | undefined {
  if (!headers) return undefined;
  let longest: number | undefined;
  for (const limit of ['-requests', '-tokens', '']) {
    if (headers[`x-ratelimit-remaining${limit}`] !== '0') continue;
    const reset = compound(headers[`x-ratelimit-reset${limit}`], now);
    if (reset !== undefined) longest = Math.max(longest ?? 0, reset);
  }
  return longest;
}

function compound(text: string | undefined, now: number): number | undefined {
  if (!text?.trim()) return undefined;
  const seconds = Number(text);
  // A bare number is seconds from now, or, when it is as large as a clock, an epoch time.
  if (Number.isFinite(seconds))
    return seconds > 1e9 ? seconds * (seconds > 1e12 ? 1 : 1000) - now : seconds * 1000;
  const match = COMPOUND.exec(text.trim());
  if (!match) return undefined;
  const [days, hours, minutes, wholeSeconds, millis] = match.slice(1).map((part) => Number(part ?? 0));
  return ((days! * 24 + hours!) * 60 + minutes!) * MINUTE + wholeSeconds! * 1000 + millis!;
}

/** OpenAI "try again in 7m12s", Replicate "resets in ~30s", Azure "retry after 7 seconds". */
function fromWords(reason: string | undefined): number | undefined {
  const match =
    /(?:try again|resets?|retry)[^.]{0,30}?\b(?:in|after) ~?((?:\d+(?:\.\d+)? ?(?:ms|[smhd])(?![a-z]))+|\d+(?= seconds?\b))/i.exec(
      reason ?? '',
    );
  return match ? compound(match[1]!.replaceAll(' ', '').toLowerCase(), 0) : undefined;
}
