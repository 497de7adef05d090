/**
 * The body of `POST /v1/responses` as its caller wrote it, changed only where it must be: the model, the output cap, our
 * instructions, that nothing is stored, and what this model would answer with 400 though it was right where it came from.
 */
import type { Fields } from '../../core/json-object.ts';
import type { ChatRequest } from '../../core/openai-types.ts';
import { fitRequest, refuseWhenStrict } from '../features.ts';
import { nearestEffort } from '../fit/model-rules.ts';
import { nativeBody } from '../fit/native-body.ts';
import { outputCap } from '../fit/output-cap.ts';
import { isReasoningModel } from '../openai-models.ts';
import type { Call, NativeCall, Target } from '../provider.ts';
import { toInputItems } from './input-items.ts';
import { fitItems } from './native-items.ts';
import { ENCRYPTED_REASONING, type ResponsesRequest } from './responses-body.ts';
import { responsesFeatures } from './responses-features.ts';

/** Our own fields of this door. */
const OURS = ['strict_params'];
const SAMPLING = ['temperature', 'top_p'];

/**
 * @returns nothing where the request has to be translated after all
 * @throws {UpstreamFailure} unsupported, before anything is sent
 */
export function nativeResponsesBody(
  native: NativeCall,
  request: ChatRequest,
  target: Target,
  call: Call,
): ResponsesRequest | undefined {
  // An answer that is begun has a form of its own here.
  if (native.appended?.role === 'assistant') return undefined;
  // What the configuration says of the model holds here, too.
  fitRequest(request, responsesFeatures(target), target, call);
  const { body, dropped, leaveOut } = nativeBody(native, target);
  for (const name of OURS) delete body[name];
  if (body.store === true) dropped.push('store');
  body.store = false;
  body.stream = request.stream;
  const cap = outputCap(request, target, dropped);
  if (cap !== undefined) body.max_output_tokens = cap;
  fitReasoning(body, native.body, target, leaveOut);
  fitInput(body, native, call.isOtherModel === true, dropped);
  const { instructions: own } = native.body;
  if (native.guardrail !== undefined) body.instructions = withGuardrail(native.guardrail, own);
  refuseWhenStrict(dropped, target, call);
  return {
    body,
    dropped: [...new Set(dropped)],
    isNative: true,
    ...(native.guardrail !== undefined && { instructions: { own } }),
  };
}

/** Reasoning as the model has it. Who lets OpenAI store a response is given what it has thought to send it back. */
function fitReasoning(
  body: Record<string, unknown>,
  { store, include, reasoning }: Fields,
  target: Target,
  leaveOut: (name: string) => void,
): void {
  const wanted = (Array.isArray(include) ? include : []) as readonly unknown[];
  if (!isReasoningModel(target)) {
    leaveOut('reasoning');
    if (wanted.includes(ENCRYPTED_REASONING))
      body.include = wanted.filter((name) => name !== ENCRYPTED_REASONING);
    return;
  }
  for (const name of SAMPLING) if (body[name] !== 1) leaveOut(name);
  if (store !== false && !wanted.includes(ENCRYPTED_REASONING))
    body.include = [...wanted, ENCRYPTED_REASONING];
  const { effort } = (reasoning ?? {}) as Fields;
  if (typeof effort !== 'string' || nearestEffort(effort, target.model) === effort) return;
  leaveOut('reasoning');
  body.reasoning = { ...(reasoning as object), effort: nearestEffort(effort, target.model) };
}

function fitInput(
  body: Record<string, unknown>,
  { body: { input }, appended }: NativeCall,
  dropsReasoning: boolean,
  dropped: string[],
): void {
  const more = appended ? toInputItems([appended], false).items : [];
  if (!Array.isArray(input)) {
    if (more.length > 0) body.input = [{ role: 'user', content: input }, ...more];
    return;
  }
  const { items, hasLostReasoning } = fitItems(input as readonly Fields[], dropsReasoning);
  if (hasLostReasoning) dropped.push('input (reasoning)');
  if (items !== input || more.length > 0) body.input = [...items, ...more];
}

/** Ours come first; the same for every request, so that a prompt cache holds. */
function withGuardrail(guardrail: string, own: unknown): string {
  return typeof own === 'string' && own !== '' ? `${guardrail}\n\n${own}` : guardrail;
}
