import { hash } from 'node:crypto';
import type { StoredAnswer } from '../cache/answer-store.ts';
import type { SharedAnswers } from '../cache/exact-store.ts';
import { BatchLoader } from '../core/batch-loader.ts';
import type { Redis } from './connection.ts';
import { withTimeout } from './with-timeout.ts';

const PREFIX = 'cl:answer:';
/** Characters of JSON; larger answers stay with the process that has them. */
const MAX_ANSWER_BYTES = 1_000_000;
const ASKS_AT_ONCE = 100;

/** The second level of the answer cache, shared by all instances. Trouble with it is a miss, never a failure. */
export function sharedAnswers(redis: Redis): SharedAnswers {
  const asks = new BatchLoader<string, string | null>(
    (places) => withTimeout(redis, redis.mGet([...places])),
    ASKS_AT_ONCE,
  );
  return {
    async get(key) {
      try {
        const json = await asks.ask(placeOf(key));
        return json ? parseAnswer(json) : undefined;
      } catch {
        return undefined;
      }
    },
    set(key, answer, ttl) {
      if (answer.json.length > MAX_ANSWER_BYTES) return;
      const json = JSON.stringify(answer);
      if (json.length > MAX_ANSWER_BYTES) return;
      void redis.set(placeOf(key), json, { expiration: { type: 'PX', value: ttl } }).catch(() => {});
    },
  };
}

/** Cache keys hold the request's parameters, which may be long. */
function placeOf(key: string): string {
  return PREFIX + hash('sha256', key, 'base64url');
}

/** Anybody may write to a shared Redis: what is not an answer is a miss. */
function parseAnswer(text: string): StoredAnswer | undefined {
  const answer = JSON.parse(text) as Partial<StoredAnswer> | null;
  const { json, finishReason, model, storedAt } = answer ?? {};
  const isWhole =
    typeof json === 'string' &&
    typeof model === 'string' &&
    model.includes('/') &&
    Number.isFinite(storedAt) &&
    (finishReason === null || typeof finishReason === 'string');
  return isWhole && isCompletion(JSON.parse(json)) ? (answer as StoredAnswer) : undefined;
}

function isCompletion(value: unknown): boolean {
  const choices = (value as { choices?: unknown } | null)?.choices;
  return (
    Array.isArray(choices) &&
    choices.length > 0 &&
    choices.every((choice) => typeof choice?.message === 'object' && choice.message !== null)
  );
}
