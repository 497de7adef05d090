/** Times as ISO 8601 text. Node makes one in a microsecond; a request needs three, nearly all of them in the same second. */
import { flatText } from './flat-text.ts';

let second = Number.NaN;
let upToSecond = '';

/** @param at milliseconds since the epoch */
export function isoTime(at: number): string {
  const own = Math.floor(at / 1000);
  if (own !== second) {
    upToSecond = new Date(at).toISOString().slice(0, -'000Z'.length);
    second = own;
  }
  const milliseconds = Math.floor(at) - own * 1000;
  return flatText(upToSecond, String(milliseconds).padStart(3, '0'), 'Z');
}
