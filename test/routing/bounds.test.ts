/** Whatever the providers do, a request makes only so many attempts and waits only so long. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GeneratedChunkStream } from '../../src/core/chunk-stream.ts';
import type { ChatCompletionChunk } from '../../src/core/openai-types.ts';
import { Failure } from '../../src/failures/failure.ts';
import { UpstreamFailure } from '../../src/failures/upstream-failure.ts';
import { features } from '../../src/providers/feature-table.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { AttemptLog, MAX_ATTEMPTS } from '../../src/routing/attempts.ts';
import { Cooldowns } from '../../src/routing/cooldowns.ts';
import { MAX_RESCUES } from '../../src/routing/rescue.ts';
import { route } from '../../src/routing/router.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { routerDependencies } from '../helpers/routing.ts';
import { chunksOf, makeCompletion, makeRequest, makeTarget } from '../helpers/targets.ts';

const ROUTE_BUDGET = 5_000;
const RETRIES = 2;

const fail = (facts: object) => new UpstreamFailure({ message: 'It failed.', ...facts });
/** What a provider may answer; `undefined` is a good answer. */
const FAULTS: Record<string, UpstreamFailure | undefined> = {
  ok: undefined,
  500: fail({ status: 500 }),
  reset: fail({ network: 'ECONNRESET' }),
  429: fail({ status: 429 }),
  '429 with a time': fail({ status: 429, headers: { 'retry-after': '2' } }),
  '429 with a long time': fail({ status: 429, headers: { 'retry-after': '3600' } }),
  silent: fail({ timeout: 'first_token' }),
  malformed: fail({ malformed: true }),
  gone: fail({ status: 404, code: 'model_not_found' }),
  'no credit': fail({ status: 402 }),
  'bad key': fail({ status: 401 }),
  'too long': fail({ status: 400, code: 'context_length_exceeded' }),
  refused: fail({ status: 400, code: 'invalid_request_error' }),
  unsupported: fail({ unsupported: 'tools' }),
};

const turn = fc.record({
  fault: fc.constantFrom(...Object.keys(FAULTS)),
  /** The stream breaks after its first words. */
  isLate: fc.boolean(),
  takes: fc.integer({ min: 0, max: 2_000 }),
});
const scenario = fc.record({
  stream: fc.boolean(),
  windows: fc.array(fc.option(fc.integer({ min: 1_000, max: 9_000 }), { nil: undefined }), {
    minLength: 1,
    maxLength: 5,
  }),
  hasSuccessors: fc.boolean(),
  /** One for each attempt, in turn. */
  turns: fc.array(turn, { minLength: 60, maxLength: 60 }),
  hedgeAfter: fc.option(fc.integer({ min: 100, max: 3_000 }), { nil: undefined }),
});

it('attempts, waits and rescues are bounded, and the outcome is an answer or a failure with a kind', () =>
  fc.assert(
    fc.asyncProperty(scenario, async ({ stream, windows, hasSuccessors, turns, hedgeAfter }) => {
      const clock = new ManualClock({ skips: true });
      let asked = 0;
      let worked = 0;
      const askedOf = new Map<string, number>();
      const provider = (name: string): Provider => ({
        name,
        features: features(),
        fit: () => ({ dropped: [] }),
        async send(request, target) {
          const { fault, isLate, takes } = turns[asked % turns.length]!;
          asked += 1;
          askedOf.set(target.name, (askedOf.get(target.name) ?? 0) + 1);
          clock.advance(takes);
          worked += takes;
          const error = FAULTS[fault];
          const facts = { headers: {}, status: 200 };
          if (error && !(isLate && request.stream && error.facts.unsupported === undefined)) throw error;
          if (!request.stream) return { kind: 'whole', ...facts, completion: makeCompletion('hello') };
          return { kind: 'stream', ...facts, batches: new GeneratedChunkStream(streamOf(error)) };
        },
      });
      const chain = windows.map((contextWindow, index) =>
        makeTarget(`target ${index}`, {
          contextWindow,
          retries: RETRIES,
          successor: hasSuccessors ? makeTarget(`successor ${index}`, { retries: RETRIES }) : undefined,
        }),
      );
      const attempts = new AttemptLog(clock, clock.elapsed());
      const startedAt = clock.elapsed();
      const cooldowns = new Cooldowns(clock, { cooldown: 1_000, longCooldown: 60_000, allowedFailures: 3 });
      const outcome = await run(
        route(
          {
            request: makeRequest({ stream }),
            chain,
            signal: new AbortController().signal,
            arrivedAt: startedAt,
            attempts,
            ...(hedgeAfter !== undefined && { hedgeAfter }),
          },
          routerDependencies(provider, cooldowns, clock, ROUTE_BUDGET),
        ),
      );

      expect(outcome === undefined || outcome instanceof Failure, String(outcome)).toBe(true);
      expect(asked).toBeLessThanOrEqual(MAX_ATTEMPTS);
      // The first walk and each rescue may wait a budget's length; what the providers take comes on top.
      const walks = stream ? 1 + MAX_RESCUES : 1;
      const waited = clock.elapsed() - startedAt - worked;
      expect(waited).toBeLessThanOrEqual(walks * (ROUTE_BUDGET + (hedgeAfter ?? 0)) + 1_000);
      // Each target is asked with its retries, once more after a wait for its recovery, and again for a rescue.
      for (const count of askedOf.values()) expect(count).toBeLessThanOrEqual(2 * (1 + RETRIES) * walks);
      expect(attempts.list.every(({ kind }) => kind !== 'running')).toBe(true);
    }),
    { numRuns: 300 },
  ));

/** Reads an answer to its end. @returns the failure it ended in, if it did */
async function run(routed: ReturnType<typeof route>): Promise<unknown> {
  try {
    const reply = await routed;
    if (reply.kind === 'stream') for await (const _batch of reply.batches) void _batch;
    return undefined;
  } catch (error) {
    return error;
  }
}

async function* streamOf(error: UpstreamFailure | undefined): AsyncGenerator<ChatCompletionChunk[]> {
  const [role, ...others] = chunksOf('hello ', 'world, all of you. ');
  yield [role!, others[0]!];
  if (error) throw error;
  yield others.slice(1);
}
