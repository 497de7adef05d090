/** What a request asks a provider's prompt cache to keep for longer than usual, which costs more than to read it. */
import type { Fields } from '../core/json-object.ts';
import type { AskedForms } from './native-bounds.ts';

/** What every cache mark means without a `ttl`. */
const USUAL = '5m';

/** True where a mark of Anthropic's (`cache_control`) asks for an hour. */
export function asksForLongCache({ request, native }: Pick<AskedForms, 'request' | 'native'>): boolean {
  // A translation has no marks but those of what it is made of.
  if (native?.wire === 'messages') return hasLongMark(native.body);
  return hasLongMark(request) || (native !== undefined && hasLongMark(native.body));
}

function hasLongMark(body: object): boolean {
  const { cache_control: mark, messages, system, tools } = body as Fields;
  return isLong(mark) || isMarked(tools) || isMarked(system) || isMarked(messages);
}

/** Looks where blocks lie within a turn, a tool or a block, each by its name: a long conversation has hundreds of them. */
function isMarked(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false;
  if (Array.isArray(part)) return part.some(isMarked);
  const { cache_control: mark, content, source, tool_calls: calls, function: called } = part as Fields;
  return isLong(mark) || isMarked(content) || isMarked(source) || isMarked(calls) || isMarked(called);
}

function isLong(mark: unknown): boolean {
  if (typeof mark !== 'object' || mark === null) return false;
  const { ttl = USUAL } = mark as Fields;
  return ttl !== USUAL;
}
