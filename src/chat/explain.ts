/** What would become of a request. The same steps as `chat.ts` takes, each only looked at: nothing is sent, counted or held. */
import { toDollars } from '../core/money.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import { classify } from '../failures/classify.ts';
import { outputBound } from '../pricing/bounds.ts';
import { asksForLongCache } from '../pricing/cache-writes.ts';
import { promptBoundOf } from '../pricing/native-bounds.ts';
import { findUnknownLengthOf } from '../pricing/native-unknown-lengths.ts';
import type { Rates } from '../pricing/rates.ts';
import { emulatedFor, fitFor } from '../providers/perform.ts';
import type { Provider, Target } from '../providers/provider.ts';
import type { Cooldowns } from '../routing/cooldowns.ts';
import { hasOneTarget } from '../routing/target-list.ts';
import type { AdmissionForecast } from './admission.ts';
import type { ExplainedTarget, Explanation } from './explanation.ts';
import type { ChatDependencies, Incoming } from './incoming.ts';
import { type Prepared, prepare } from './prepare.ts';
import type { UsualOutput } from './usual-output.ts';

/** What is looked at. */
export interface ExplainDependencies {
  readonly chat: ChatDependencies;
  readonly providers: { get(name: string): Provider };
  readonly cooldowns: Pick<Cooldowns, 'states' | 'recoversIn' | 'withSuccessors'>;
  readonly rates: Rates;
  readonly usualOutput: UsualOutput;
}

/** @throws {Failure} as the request itself would before its admission: a wrong name, a model that is not the caller's */
export async function explain(incoming: Incoming, dependencies: ExplainDependencies): Promise<Explanation> {
  const { chat } = dependencies;
  const { caller, parsed } = incoming;
  const prepared = prepare(incoming, chat);
  const { chain, request, asked, user } = prepared;
  const peeked = asked && (await chat.cache?.peek(asked, incoming.cacheControl));
  const isFound = peeked === 'exact' || peeked === 'semantic';
  const targets = dependencies.cooldowns.withSuccessors(chain.targets);
  const { native, source } = parsed;
  const admission = await caller.forecast({ user, request, native, source, targets, isFree: isFound });
  const { prompt_tokens: input } = await chat.tokens.estimate(request, '', targets[0]?.model ?? chain.name);
  const isAlone = hasOneTarget(targets);
  const explained: ExplainedTarget[] = [];
  for (const target of targets)
    explained.push(
      await explainTarget(target, { incoming, prepared, input, admission, isAlone }, dependencies),
    );
  const mayAnswer = targets.filter(
    (target, at) =>
      explained[at]!.refuses === undefined &&
      explained[at]!.recovers_in_s === 0 &&
      (admission.terms?.some((terms) => terms.target === target) ?? true),
  );
  const wouldAsk = isFound || admission.refusal ? [] : mayAnswer;
  return {
    chain: chain.name,
    targets: explained,
    tokens: { input, exact: false },
    cache: cacheOf(asked !== undefined, peeked),
    admission: admissionOf(admission),
    guard: { guardrail: prepared.guardrail !== undefined },
    ...first(wouldAsk),
  };
}

interface Asked {
  readonly incoming: Incoming;
  readonly prepared: Prepared;
  readonly input: number;
  readonly admission: AdmissionForecast;
  readonly isAlone: boolean;
}

async function explainTarget(
  target: Target,
  { incoming, prepared, input, admission, isAlone }: Asked,
  { chat, providers, cooldowns, rates, usualOutput }: ExplainDependencies,
): Promise<ExplainedTarget> {
  const { request } = prepared;
  const provider = providers.get(target.provider);
  const forms = { ...incoming.parsed, request };
  // What may be of any length is no longer than the model's window.
  const prompt = findUnknownLengthOf(forms) === undefined ? promptBoundOf(forms) : target.contextWindow;
  const choices = request.n ?? 1;
  const sent =
    admission.terms?.find((terms) => terms.target === target)?.maxTokens ?? askedCap(request, target);
  const cap = sent ?? target.maxOutputTokens;
  const rate = await rates.of(target, prompt ?? input, asksForLongCache(forms), chat.clock.now());
  const usual = usualOutput.of(target.id);
  const cost = (read: number | undefined, price: 'input' | 'reading', written: number | undefined) =>
    rate && read !== undefined && written !== undefined
      ? toDollars(Math.ceil(choices * (read * rate[price] + written * rate.output)))
      : null;
  return {
    target: target.id,
    state: stateOf(target, cooldowns),
    recovers_in_s: Math.ceil(cooldowns.recoversIn(target, { isAlone }) / 1_000),
    ...fitOf(target, provider, { incoming, prepared, admission }, chat.clock.now()),
    emulates: emulatedFor(provider, request, target),
    // A model that is told no cap ends where its window does; it needs room for a token.
    window_ok: target.contextWindow === undefined ? null : input + (sent ?? 1) <= target.contextWindow,
    worst_case_usd: cost(prompt, 'input', cap),
    expected_usd: cost(input, 'reading', usual === undefined ? undefined : Math.min(usual, cap ?? usual)),
  };
}

/** Output tokens of each choice that the caller asks for at most; nothing where it leaves that open. */
function askedCap(request: ChatRequest, target: Target): number | undefined {
  const isAsked = (request.max_completion_tokens ?? request.max_tokens) != null;
  return isAsked ? outputBound(request, target).tokens : undefined;
}

function fitOf(
  target: Target,
  provider: Provider,
  { incoming: { parsed }, prepared: { request, guardrail }, admission }: Omit<Asked, 'input' | 'isAlone'>,
  now: number,
): Pick<ExplainedTarget, 'drops' | 'refuses'> {
  try {
    const native = parsed.native && !admission.mustTranslate ? { ...parsed.native, guardrail } : undefined;
    const { strictParams, dropped: droppedByDoor } = parsed;
    const call = { signal: new AbortController().signal, strictParams, droppedByDoor, native };
    const { dropped = [], isNative } = fitFor(provider, request, target, call);
    return { drops: [...(isNative ? [] : (parsed.dropped ?? [])), ...dropped] };
  } catch (error) {
    return { drops: [], refuses: classify(error, now, target).message };
  }
}

function stateOf(target: Target, cooldowns: ExplainDependencies['cooldowns']): ExplainedTarget['state'] {
  const states = cooldowns.states(target).map(({ state }) => state);
  return (['cooling', 'probing', 'failing'] as const).find((state) => states.includes(state)) ?? 'up';
}

function cacheOf(isAsked: boolean, peeked: string | undefined): Explanation['cache'] {
  if (!isAsked) return { exact: 'bypass', semantic: 'bypass' };
  if (peeked === 'exact') return { exact: 'hit', semantic: 'bypass' };
  return {
    exact: 'miss',
    semantic: peeked === 'semantic' ? 'hit' : peeked === 'unknown' ? 'unknown' : 'miss',
  };
}

function admissionOf({ refusal, limit, remaining }: AdmissionForecast): Explanation['admission'] {
  const { requests, tokens, budget } = remaining;
  return {
    verdict: refusal ? 'refused' : 'admitted',
    limit: limit ?? null,
    remaining: {
      ...(requests !== undefined && { requests }),
      ...(tokens !== undefined && { tokens }),
      ...(budget !== undefined && { budget_usd: toDollars(budget) }),
    },
    ...(refusal && { error: { code: refusal.code, message: refusal.message } }),
    ...(refusal?.retryAfterMs !== undefined && { retry_after_s: Math.ceil(refusal.retryAfterMs / 1_000) }),
  };
}

/** Which of several deployments is asked is drawn for each request, so it cannot be foretold. */
function first([target, ...others]: readonly Target[]): Pick<Explanation, 'would_ask' | 'would_ask_one_of'> {
  if (!target) return { would_ask: null };
  const { balance } = target;
  if (!balance || balance.strategy === 'order') return { would_ask: target.id };
  const group = [target, ...others.filter((other) => other.balance?.group === balance.group)];
  const ids = [...new Set(group.map(({ id }) => id))];
  return { would_ask: target.id, ...(ids.length > 1 && { would_ask_one_of: ids }) };
}
