/** What a request asks a provider's prompt cache to keep for longer than usual, which costs more than to read it. */
import type { AskedForms } from './native-bounds.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What every cache mark means without a `ttl`. */
const USUAL = '5m';
/** Where blocks lie that may bear a mark. */
const HOLDERS = ['messages', 'system', 'tools', 'content', 'source', 'tool_calls', 'function'];

/** True where a mark of Anthropic's (`cache_control`) asks for an hour. */
export function asksForLongCache({ request, native }: Pick<AskedForms, 'request' | 'native'>): boolean {
  return hasLongMark(request) || (native !== undefined && hasLongMark(native.body));
}

function hasLongMark(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasLongMark);
  const { ttl = USUAL } = ((value as Fields).cache_control ?? {}) as Fields;
  return ttl !== USUAL || HOLDERS.some((name) => hasLongMark((value as Fields)[name]));
}
