import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GeneratedChunkStream } from '../../src/core/chunk-stream.ts';
import type { ChatCompletionChunk, ChatRequest } from '../../src/core/openai-types.ts';
import { Failure } from '../../src/failures/failure.ts';
import { malformed } from '../../src/failures/upstream-failure.ts';
import { features } from '../../src/providers/feature-table.ts';
import type { Provider, Reply, Target } from '../../src/providers/provider.ts';
import { AttemptLog, MAX_ATTEMPTS } from '../../src/routing/attempts.ts';
import { Cooldowns } from '../../src/routing/cooldowns.ts';
import type { RoutedReply } from '../../src/routing/routed.ts';
import { route } from '../../src/routing/router.ts';
import { errorEvent, errorReply, networkError, timeout } from '../helpers/errors.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { routerDependencies } from '../helpers/routing.ts';
import { chunksOf, makeCompletion, makeRequest, makeTarget } from '../helpers/targets.ts';

const ROUTE_BUDGET = 45_000;
const unavailable = errorReply(503, '');
const rateLimited = (retryAfter?: number) =>
  errorReply(429, '', retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) });
const gone = errorReply(404, { error: { message: 'gone', code: 'model_not_found' } });
const full = errorReply(400, { error: { message: 'full', code: 'context_length_exceeded' } });
const badRequest = errorReply(400, { error: { message: 'no' } });

/** How one call goes: the error it meets, or `ok`; and how long that takes. */
interface Turn {
  readonly error?: Error;
  /** The stream breaks after its first words instead of before. */
  readonly late?: boolean;
  readonly takes?: number;
}
type Script = Readonly<Record<string, readonly (Turn | Error | 'ok')[]>>;

/** The router with providers that follow a script by target name; when it has ended they answer. */
function makeRouter(script: Script = {}) {
  const clock = new ManualClock({ skips: true });
  const asked: string[] = [];
  const turns = new Map(Object.entries(script).map(([name, list]) => [name, [...list]]));
  const answer = (request: ChatRequest, target: Target, turn: Turn): Reply => {
    const facts = { headers: {}, status: 200 };
    if (!request.stream) return { kind: 'whole', ...facts, completion: makeCompletion(target.name) };
    return { kind: 'stream', ...facts, batches: new GeneratedChunkStream(stream(target, turn)) };
  };
  async function* stream(target: Target, { error }: Turn): AsyncGenerator<ChatCompletionChunk[]> {
    const [role, ...others] = chunksOf(`${target.name} `, 'says hello. ');
    yield [role!, others[0]!];
    if (error) throw error;
    yield others.slice(1);
  }
  const provider = (name: string): Provider => ({
    name,
    features: features(),
    fit: () => ({ dropped: [] }),
    async send(request, target) {
      asked.push(target.name);
      const next = turns.get(target.name)?.shift() ?? 'ok';
      const turn: Turn = next === 'ok' ? {} : next instanceof Error ? { error: next } : next;
      clock.advance(turn.takes ?? 0);
      if (turn.error && !(turn.late && request.stream)) throw turn.error;
      return answer(request, target, turn);
    },
  });
  const cooldowns = new Cooldowns(clock, { cooldown: 60_000, longCooldown: 600_000, allowedFailures: 3 });
  const ask = async (chain: readonly Target[], request: Partial<ChatRequest> = {}, signal?: AbortSignal) => {
    const attempts = new AttemptLog(clock, clock.elapsed());
    const call = { request: makeRequest(request), chain, arrivedAt: clock.elapsed(), attempts };
    const dependencies = routerDependencies(provider, cooldowns, clock, ROUTE_BUDGET);
    return route({ ...call, signal: signal ?? new AbortController().signal }, dependencies);
  };
  return { clock, asked, cooldowns, ask };
}

async function textOf(reply: RoutedReply): Promise<string> {
  if (reply.kind === 'whole') return reply.answer.completion.choices[0]!.message.content!;
  let text = '';
  for await (const batch of reply.batches)
    for (const chunk of batch) text += chunk.choices[0]?.delta.content ?? '';
  return text;
}

async function failureOf(answer: Promise<unknown>): Promise<Failure> {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
}

const a = makeTarget('a', { contextWindow: 4_000 });
const b = makeTarget('b', { contextWindow: 2_000 });
const c = makeTarget('c', { contextWindow: 100_000 });
const chain = [a, b, c];

describe.each([false, true])('the walk along the chain (stream: %s)', (stream) => {
  const walk = async (script: Script, targets = chain) => {
    const router = makeRouter(script);
    const reply = await router.ask(targets, { stream });
    expect(await textOf(reply)).toContain(reply.target.name);
    return router;
  };

  it('ends with the first who answers', async () => {
    expect((await walk({})).asked).toEqual(['a']);
  });

  it('asks a target again that is down, after a wait', async () => {
    const { asked, clock } = await walk({ a: [unavailable] });
    expect(asked).toEqual(['a', 'a']);
    expect(clock.slept).toEqual([126]);
  });

  it('goes on after the retries', async () => {
    const { asked } = await walk({ a: [unavailable, networkError('ECONNRESET'), unavailable] });
    expect(asked).toEqual(['a', 'a', 'a', 'b']);
  });

  it('never asks a silent target again', async () => {
    expect((await walk({ a: [timeout('first_token')] })).asked).toEqual(['a', 'b']);
  });

  it('does not repeat what was malformed', async () => {
    expect((await walk({ a: [malformed('not JSON')] })).asked).toEqual(['a', 'b']);
  });

  it('waits out a short rate limit', async () => {
    const { asked, clock } = await walk({ a: [rateLimited(2)] });
    expect(asked).toEqual(['a', 'a']);
    expect(clock.slept).toEqual([2_001]);
  });

  it('does not wait out a long one', async () => {
    const { asked, clock } = await walk({ a: [rateLimited(30)] });
    expect(asked).toEqual(['a', 'b']);
    expect(clock.slept).toEqual([]);
  });

  it('takes a full context to a larger window', async () => {
    expect((await walk({ a: [full] })).asked).toEqual(['a', 'c']);
  });

  it('puts a successor in the place of a gone model', async () => {
    const successor = makeTarget('a', { id: 'a/new', name: 'heir' });
    const targets = [{ ...a, successor }, b];
    const { asked, ask } = await walk({ a: [gone] }, targets);
    expect(asked).toEqual(['a', 'heir']);
    await ask(targets, { stream });
    expect(asked).toEqual(['a', 'heir', 'heir']);
  });

  it('skips a target that cools down', async () => {
    const { asked, ask } = await walk({ a: [rateLimited(30)] });
    await ask(chain, { stream });
    expect(asked).toEqual(['a', 'b', 'b']);
  });

  it('waits for the first to recover when all rest', async () => {
    const { asked, clock } = await walk({ a: [rateLimited(9)], b: [rateLimited(5)], c: [rateLimited(7)] });
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
    expect(clock.slept).toEqual([5_001]);
  });
});

describe('a stream that breaks', () => {
  const late = { error: networkError('ECONNRESET'), late: true };

  it('after its first words is continued by the next', async () => {
    const { ask, asked } = makeRouter({ a: [late] });
    expect(await textOf(await ask(chain, { stream: true }))).toBe('a b says hello. ');
    expect(asked).toEqual(['a', 'b']);
  });

  it('is not continued when the caller wants JSON', async () => {
    const { ask, asked } = makeRouter({ a: [late] });
    const reply = await ask(chain, { stream: true, response_format: { type: 'json_object' } });
    expect((await failureOf(textOf(reply))).kind).toBe('upstream_unavailable');
    expect(asked).toEqual(['a']);
  });

  it('ends in its first failure when nobody can go on', async () => {
    const { ask } = makeRouter({ a: [late, unavailable, unavailable, unavailable], b: [badRequest] });
    const reply = await ask([a, b], { stream: true });
    expect((await failureOf(textOf(reply))).facts?.network).toBe('ECONNRESET');
  });

  it.each([
    ['an error event', errorEvent({ error: { type: 'server_error', message: 'x' } })],
    ['silence', timeout('idle')],
    ['bytes that make no sense', malformed('not JSON')],
  ])('by %s is continued too', async (_what, error) => {
    const { ask } = makeRouter({ a: [{ error, late: true }] });
    expect(await textOf(await ask(chain, { stream: true }))).toBe('a b says hello. ');
  });
});

describe('when nobody can answer', () => {
  it("the caller's own fault is told at once", async () => {
    const { ask, asked } = makeRouter({ a: [badRequest] });
    expect((await failureOf(ask(chain))).kind).toBe('upstream_bad_request');
    expect(asked).toEqual(['a']);
  });

  it("the caller's own fault is not hidden by a later one", async () => {
    const { ask } = makeRouter({ a: [full], c: [timeout('attempt')] });
    expect((await failureOf(ask(chain))).kind).toBe('context_length_exceeded');
  });

  it('every attempt is listed', async () => {
    const { ask } = makeRouter({ a: [timeout('attempt')], b: [rateLimited(99)], c: [rateLimited(60)] });
    const failure = await failureOf(ask(chain));
    expect(failure.kind).toBe('no_target_available');
    expect(failure.message).toMatch(/a\/model=upstream_timeout.*b\/model=.*c\/model=/);
  });

  it('the earliest recovery is told', async () => {
    const { ask } = makeRouter({ a: [rateLimited(70)], b: [rateLimited(99)], c: [rateLimited(50)] });
    expect(await failureOf(ask(chain))).toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
      retryAfterMs: 50_000,
    });
  });

  it('a rate limit is promised to end only when all met one', async () => {
    const { ask } = makeRouter({ a: [rateLimited(70)], b: [malformed('no JSON')], c: [rateLimited(50)] });
    expect(await failureOf(ask(chain))).toMatchObject({ kind: 'no_target_available', status: 503 });
  });

  it('what one target refuses is asked of the next, and its reason is kept when none takes it', async () => {
    const refused = errorReply(400, { error: { message: 'm does not support tools', code: null } });
    const { ask, asked } = makeRouter({ a: [refused], b: [malformed('x')], c: [timeout('attempt')] });
    expect((await failureOf(ask(chain))).kind).toBe('target_refused');
    expect(asked).toEqual(['a', 'b', 'c']);
  });

  it('the only model of a request that is not there is 404, also when it is remembered', async () => {
    const { ask, asked } = makeRouter({ a: [gone] });
    const expected = { status: 404, code: 'model_not_found', type: 'invalid_request_error' };
    expect(await failureOf(ask([a]))).toMatchObject(expected);
    expect(await failureOf(ask([a]))).toMatchObject(expected);
    expect(asked).toEqual(['a']);
  });

  it('the recovery of the successor is told, not that of the gone model', async () => {
    const successor = makeTarget('a', { id: 'a/new', name: 'heir' });
    const { ask } = makeRouter({ a: [gone], heir: [rateLimited(50)] });
    expect((await failureOf(ask([{ ...a, successor }]))).retryAfterMs).toBe(50_000);
  });

  it('a chain without targets says so', async () => {
    expect((await failureOf(makeRouter().ask([]))).kind).toBe('no_target_available');
  });
});

describe('a caller who is gone', () => {
  it('is asked for by nobody', async () => {
    const { ask, asked } = makeRouter();
    expect((await failureOf(ask(chain, {}, AbortSignal.abort()))).kind).toBe('client_closed');
    expect(asked).toEqual([]);
  });

  it('ends the walk, and no target is to blame', async () => {
    const caller = new AbortController();
    const { ask, asked, cooldowns } = makeRouter({
      a: [
        {
          get error() {
            caller.abort();
            return networkError('AbortError');
          },
        },
      ],
    });
    expect((await failureOf(ask(chain, {}, caller.signal))).kind).toBe('client_closed');
    expect(asked).toEqual(['a']);
    expect(cooldowns.recoversIn(a)).toBe(0);
  });
});

describe('under any faults', () => {
  const retryAfter = fc.option(fc.integer({ min: 0, max: 90 }), { nil: undefined });
  const silence = timeout('first_token');
  const fault = fc.oneof(
    fc.constantFrom(unavailable, networkError('ECONNRESET'), silence, gone, full, malformed('x')),
    retryAfter.map(rateLimited),
    retryAfter.map((seconds) =>
      errorReply(503, '', seconds === undefined ? {} : { 'retry-after': String(seconds) }),
    ),
    fc.constantFrom(errorReply(401, ''), errorReply(402, '')),
  );
  const turn = fc.oneof(
    { weight: 1, arbitrary: fc.constant<Turn>({}) },
    {
      weight: 8,
      arbitrary: fc.record({ error: fault, late: fc.boolean(), takes: fc.integer({ min: 0, max: 8_000 }) }),
    },
  );
  const turns = fc.array(turn, { maxLength: 12 });
  const script = fc.record({ a: turns, b: turns, c: turns, heir: turns });
  const successor = makeTarget('a', { id: 'a/new', name: 'heir' });
  const targets = [{ ...a, successor }, b, c];

  /** Two requests, so that the second meets resting targets. */
  async function walks(faults: Script, stream: boolean) {
    const router = makeRouter(faults);
    const stories: { asked: string[]; slept: number }[] = [];
    for (let request = 0; request < 2; request++) {
      router.asked.length = 0;
      router.clock.slept.length = 0;
      await router
        .ask(targets, { stream })
        .then(textOf)
        .catch((error: unknown) => expect(error).toBeInstanceOf(Failure));
      const slept = router.clock.slept.reduce((sum, wait) => sum + wait, 0);
      stories.push({ asked: [...router.asked], slept });
    }
    return stories;
  }

  it('the walk ends within the bounds of its policies', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (faults) => {
        for (const { asked, slept } of await walks(faults, false)) {
          // Each target has its tries twice at most: in its turn, and when it was waited for.
          for (const name of ['a', 'b', 'c', 'heir'])
            expect(asked.filter((other) => other === name).length).toBeLessThanOrEqual(2 * (a.retries + 1));
          expect(slept).toBeLessThanOrEqual(ROUTE_BUDGET);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('the walk with its rescues ends too', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (faults) => {
        for (const { asked, slept } of await walks(faults, true)) {
          expect(asked.length).toBeLessThanOrEqual(MAX_ATTEMPTS);
          // Each rescue has a budget of its own.
          expect(slept).toBeLessThanOrEqual(4 * ROUTE_BUDGET);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('a silent target is asked once', async () => {
    await fc.assert(
      fc.asyncProperty(turns, turns, fc.boolean(), async (first, second, stream) => {
        const silent: Turn[] = Array.from({ length: 50 }, () => ({ error: silence, takes: 10_000 }));
        for (const { asked } of await walks({ a: first, b: second, c: silent }, stream))
          expect(asked.filter((name) => name === 'c').length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });
});
