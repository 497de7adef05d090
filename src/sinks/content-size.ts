/** How much a sink that passes on prompts and answers holds on to with an event, for the bound on its queue. */
import type { Event } from '../events/event.ts';

/** In memory text takes up to two bytes a character, and the thread or service that it goes to gets a copy of it. */
const BYTES_A_CHARACTER = 4;

/** Bytes, about. Texts are added up and not written as JSON: of megabytes that would hold up every other request. */
export function contentSize(event: Event): number {
  if (event.type !== 'call_settled' || event.record.request.operation === 'embeddings') return 0;
  const { request, answer } = event.record;
  return BYTES_A_CHARACTER * (textLength(request.messages) + textLength(answer?.completion));
}

/** Characters in all texts of a value. */
function textLength(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, inner) => sum + textLength(inner), 0);
}
