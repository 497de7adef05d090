/** Fields of a request that a wire of its own has no place for: they are left out and named. */
import type { ChatRequest } from '../../core/openai-types.ts';

const MAX_NAMED = 50;

/** Names go into a header (`x-dropped-params`), and unknown ones are the caller's to choose: only plain ones, and not too many. */
export function unsupportedFields(request: ChatRequest, supported: ReadonlySet<string>): string[] {
  return Object.keys(request)
    .filter((name) => !supported.has(name) && !meansNothing(request, name))
    .filter((name) => /^[\w.-]{1,64}$/.test(name))
    .slice(0, MAX_NAMED);
}

/** Set to what would be so anyway, so that leaving it out loses nothing. */
function meansNothing(request: ChatRequest, name: string): boolean {
  const value = (request as unknown as Record<string, unknown>)[name];
  return value === false || (name === 'n' && value === 1) || (name.endsWith('_penalty') && value === 0);
}
