/** The model that audits the semantic cache, asked like any other: through the router, with a row of its own in the ledger. */
import { callerWithoutLimits } from './accounts/admission/caller.ts';
import type { AskModel } from './cache/semantic/judge.ts';
import { NO_ATTRIBUTION } from './chat/attribution.ts';
import { chat } from './chat/chat.ts';
import type { ChatDependencies } from './chat/incoming.ts';
import { orderedId } from './core/ids.ts';
import { toDollars } from './core/money.ts';

/** Its answer is one word; a reasoning model thinks before it. */
const MAX_TOKENS = 1_024;
const CALLER = callerWithoutLimits('semantic-judge', 'semantic-judge');

/**
 * @param dependencies of the pipeline as it is now; the configuration may change
 * @param model or chain that judges
 */
export function judgeModel(dependencies: () => ChatDependencies, model: string): AskModel {
  return async (prompt) => {
    const now = dependencies();
    const answer = await chat(
      {
        id: `judge_${orderedId()}`,
        caller: CALLER,
        cacheControl: { noCache: true, noStore: true },
        attribution: NO_ATTRIBUTION,
        signal: new AbortController().signal,
        arrivedAt: now.clock.elapsed(),
        arrivedOn: now.clock.now(),
        parsed: {
          request: {
            messages: [{ role: 'user', content: prompt }],
            temperature: 0,
            max_tokens: MAX_TOKENS,
            stream: false,
          },
          model,
          user: undefined,
          cache: false,
          strictParams: false,
          door: 'judge',
        },
      },
      now,
    );
    if (answer.kind !== 'whole')
      throw answer.kind === 'failed' ? answer.failure : new Error('The judge streamed.');
    const { content } = answer.answer.completion.choices[0]!.message;
    return { text: content ?? '', usd: toDollars(answer.cost ?? 0) };
  };
}
