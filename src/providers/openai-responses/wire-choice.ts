/** Which of OpenAI's two wires a call goes by. */
import type { ChatRequest } from '../../core/openai-types.ts';
import { FEATURE_NAMES, FEATURES } from '../feature-table.ts';
import { refusesToolsWithEffort } from '../fit/model-rules.ts';
import type { Call, Target } from '../provider.ts';
import { responsesFeatures } from './responses-features.ts';

/** "integer below minimum value. Expected a value >= 16" of `max_output_tokens` (OpenAI's reply of status 400, 2026-11). */
export const MIN_OUTPUT_TOKENS = 16;

/**
 * By the Responses API where the configuration says so, and where the model reasons beside tools on that alone, for requests
 * with tools and those that came in by that very wire. What only chat completions has goes by them.
 */
export function goesByResponses(request: ChatRequest, target: Target, call: Call): boolean {
  if (target.wire !== undefined) return target.wire === 'responses';
  if (!refusesToolsWithEffort(target.model)) return false;
  const isWanted = call.native?.wire === 'responses' || (request.tools?.length ?? 0) > 0;
  return isWanted && isCarried(request, target);
}

function isCarried(request: ChatRequest, target: Target): boolean {
  const provided = responsesFeatures(target);
  const cap = request.max_completion_tokens ?? request.max_tokens ?? MIN_OUTPUT_TOKENS;
  return (
    cap >= MIN_OUTPUT_TOKENS &&
    FEATURE_NAMES.every((name) => provided[name] !== 'refused' || !FEATURES[name].isUsed(request))
  );
}
