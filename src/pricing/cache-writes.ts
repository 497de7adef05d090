/** What a request asks a provider's prompt cache to keep for longer than usual, which costs more than to read it. */
import type { AskedForms } from './native-bounds.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What every cache mark means without a `ttl`. */
const USUAL = '5m';

/** True where a mark of Anthropic's (`cache_control`) asks for an hour. */
export function asksForLongCache({ request, native }: Pick<AskedForms, 'request' | 'native'>): boolean {
  // A translation has no marks but those of what it is made of.
  if (native?.wire === 'messages') return hasLongMark(native.body);
  return hasLongMark(request) || (native !== undefined && hasLongMark(native.body));
}

/** Looks where blocks lie that may bear a mark: each by its name, as a long conversation has hundreds of them. */
function hasLongMark(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasLongMark);
  const { cache_control: mark, messages, system, tools, content, source } = value as Fields;
  const { tool_calls: calls, function: called } = value as Fields;
  return (
    isLong(mark) ||
    hasLongMark(messages) ||
    hasLongMark(system) ||
    hasLongMark(tools) ||
    hasLongMark(content) ||
    hasLongMark(source) ||
    hasLongMark(calls) ||
    hasLongMark(called)
  );
}

function isLong(mark: unknown): boolean {
  if (typeof mark !== 'object' || mark === null) return false;
  const { ttl = USUAL } = mark as Fields;
  return ttl !== USUAL;
}
