/**
 * The body of `POST /v1/messages` as its caller wrote it, changed only where it must be: the model, the output cap, our
 * system prompt, and what this model or this provider would answer with 400 though it was right where it came from.
 */
import type { Fields } from '../../core/json-object.ts';
import type { ChatRequest } from '../../core/openai-types.ts';
import { fitRequest, refuseWhenStrict } from '../features.ts';
import { nativeBody } from '../fit/native-body.ts';
import { outputCap } from '../fit/output-cap.ts';
import type { Call, NativeCall, Target } from '../provider.ts';
import { toAnthropicMessages } from './anthropic-messages.ts';
import {
  REFUSES_SAMPLING,
  TAKES_ONE_SAMPLER,
  THINKS_BY_BUDGET,
  THINKS_BY_EFFORT,
} from './anthropic-models.ts';
import { type AnthropicBody, type AnthropicRequest, anthropicFeatures } from './anthropic-request.ts';
import { fitHistory } from './native-history.ts';

type Thinking = { readonly type?: unknown; readonly budget_tokens?: unknown };

const SAMPLING = ['temperature', 'top_p', 'top_k'];
/** Of these it is known what they take. */
const IS_CLAUDE = /^claude-/;

/**
 * @returns nothing where the request has to be translated after all
 * @throws {UpstreamFailure} unsupported, before anything is sent
 */
export function nativeMessagesBody(
  native: NativeCall,
  request: ChatRequest,
  target: Target,
  call: Call,
): AnthropicRequest | undefined {
  // An answer that is begun goes with neither thinking nor tools of the provider's own.
  if (native.appended?.role === 'assistant') return undefined;
  // What the configuration says of the model holds here, too; what is merely another wire's does not.
  fitRequest(request, anthropicFeatures, target, call);
  const { body, dropped, leaveOut } = nativeBody(native, target);
  for (const name of refusedSampling(body, target.model)) leaveOut(name);
  const cap = outputCap(request, target, dropped);
  if (cap !== undefined) body.max_tokens = cap;
  body.stream = request.stream;
  if (native.guardrail !== undefined) body.system = withGuardrail(native.guardrail, body.system);
  const history = fitHistory(native.body.messages as readonly Fields[], call.isOtherModel === true);
  const appended = native.appended ? toAnthropicMessages([native.appended]).messages : [];
  if (history.isChanged || appended.length > 0) body.messages = [...history.messages, ...appended];
  fitThinking(body, target.model, history.lacksThoughts, leaveOut);
  refuseWhenStrict(dropped, target, call);
  return { body: body as unknown as AnthropicBody, dropped, answer: undefined };
}

/** Callers under an older name of a model may send what its successor refuses. */
function refusedSampling(body: Fields, model: string): string[] {
  if (REFUSES_SAMPLING.test(model)) return SAMPLING;
  return TAKES_ONE_SAMPLER.test(model) && body.temperature != null ? ['top_p'] : [];
}

/** Ours comes first, whatever form the caller's has; the same for every request, so that a prompt cache holds. */
function withGuardrail(guardrail: string, system: unknown): unknown {
  const own =
    typeof system === 'string' ? (system === '' ? [] : [{ type: 'text', text: system }]) : (system ?? []);
  return [{ type: 'text', text: guardrail }, ...(own as object[])];
}

/** Thinking in the form that the model has it, within the cap, and not where its round of tools has lost its thoughts. */
function fitThinking(
  body: Record<string, unknown>,
  model: string,
  lacksThoughts: boolean,
  leaveOut: (name: string) => void,
): void {
  const { type, budget_tokens: budget } = (body.thinking ?? {}) as Thinking;
  const isOld = IS_CLAUDE.test(model) && !THINKS_BY_EFFORT.test(model);
  if (isOld && (body.output_config as Fields | undefined)?.effort != null) withoutEffort(body, leaveOut);
  if (type === undefined || type === 'disabled') return;
  const isUnknownForm = isOld && (type === 'adaptive' || !THINKS_BY_BUDGET.test(model));
  if (isUnknownForm || (type === 'enabled' && lacksThoughts)) return leaveOut('thinking');
  const cap = body.max_tokens as number;
  if (type !== 'enabled' || typeof budget !== 'number' || budget < cap) return;
  // The cap is lower than the caller's, whose budget fitted into it.
  const half = Math.floor(cap / 2);
  if (half < MIN_BUDGET) leaveOut('thinking');
  else body.thinking = { ...(body.thinking as object), budget_tokens: half };
}

/** Anthropic takes no smaller budget. */
const MIN_BUDGET = 1_024;

function withoutEffort(body: Record<string, unknown>, leaveOut: (name: string) => void): void {
  const { effort: _effort, ...rest } = body.output_config as Fields;
  leaveOut('output_config');
  if (Object.keys(rest).length > 0) body.output_config = rest;
}
