/** Several stores as one: asked in turn, the quickest and surest first, until one has an answer. */
import type { AnswerStore, Found, LookupOptions, Question, StoredAnswer } from './answer-store.ts';

/** @param stores in the order in which they are asked; each is given every answer to keep */
export function layers(stores: readonly AnswerStore[]): AnswerStore {
  if (stores.length === 1) return stores[0]!;
  return {
    name: stores.map(({ name }) => name).join(', '),
    find: (question, options) => findFrom(0, stores, question, options),
    keep(question: Question, answer: StoredAnswer) {
      for (const store of stores) store.keep(question, answer);
    },
    async peek(question: Question, options?: LookupOptions) {
      for (const store of stores) {
        const peeked = await store.peek(question, options);
        if (peeked) return peeked;
      }
      return undefined;
    },
  };
}

/** A promise only where a store has to wait: what is in memory is found at once. */
function findFrom(
  index: number,
  stores: readonly AnswerStore[],
  question: Question,
  options: LookupOptions | undefined,
): Found | undefined | Promise<Found | undefined> {
  const store = stores[index];
  if (!store) return undefined;
  const next = (found: Found | undefined) => found ?? findFrom(index + 1, stores, question, options);
  const found = store.find(question, options);
  return found instanceof Promise ? found.then(next) : next(found);
}
