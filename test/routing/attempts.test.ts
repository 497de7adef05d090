import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failures/classify.ts';
import { AttemptLog } from '../../src/routing/attempts.ts';
import { errorReply, networkError, timeout } from '../helpers/errors.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { makeTarget } from '../helpers/targets.ts';

const target = makeTarget('openai');

/** A log whose request has just arrived, and the clock it goes by. */
function begin() {
  const clock = new ManualClock();
  return { clock, log: new AttemptLog(clock, clock.elapsed()) };
}

/** The line for one attempt that failed after 1.2 s. */
function storyOf(error: Error): string {
  const { clock, log } = begin();
  clock.advance(100);
  const attempt = log.begin(target);
  clock.advance(1_200);
  log.failed(attempt, classify(error, 0));
  return log.toString();
}

describe('the list of the attempts', () => {
  it('is empty without any', () => {
    expect(begin().log.toString()).toBe('');
  });

  it.each([
    ['a status', errorReply(429, ''), 'openai/model=upstream_rate_limited(429,1.2s)'],
    ['a deadline', timeout('first_token'), 'openai/model=upstream_timeout(first_token,1.2s)'],
    ['a network code', networkError('ECONNRESET'), 'openai/model=upstream_unavailable(ECONNRESET,1.2s)'],
    ['a fault of ours', new Error('x'), 'openai/model=internal(-,1.2s)'],
  ])('tells %s', (_what, error, story) => {
    expect(storyOf(error)).toBe(story);
  });

  it('tells who was left out and for how long', () => {
    const { log } = begin();
    log.skipped(target, 59_960);
    expect(log.toString()).toBe('openai/model=cooling(60.0s)');
  });

  it('tells all in order', () => {
    const { clock, log } = begin();
    const first = log.begin(target);
    clock.advance(200);
    log.failed(first, classify(errorReply(500, ''), 0));
    clock.advance(50);
    const last = log.begin(makeTarget('anthropic'));
    clock.advance(650);
    log.answered(last, 200);
    clock.advance(450);
    log.ended(last);
    expect(log.toString()).toBe('openai/model=upstream_unavailable(500,0.2s); anthropic/model=ok(200,1.1s)');
  });

  it('of a stream that has begun ends where it began', () => {
    const { clock, log } = begin();
    const attempt = log.begin(target);
    clock.advance(400);
    log.answered(attempt, 200);
    expect(log.toString()).toBe('openai/model=ok(200,0.4s)');
  });
});

describe('a runner that was outrun', () => {
  it('stays so when its call is stopped', () => {
    const { clock, log } = begin();
    const slow = log.begin(target);
    clock.advance(700);
    log.markHedgeLost();
    clock.advance(10);
    log.failed(slow, classify(networkError('AbortError'), 0));
    expect(log.toString()).toBe('openai/model=hedge_lost(-,0.7s)');
  });

  it('has read the question, which somebody pays for', () => {
    const { log } = begin();
    log.begin(target);
    log.markHedgeLost();
    expect(log.unusedWork).toEqual([{ target, before: '', written: '' }]);
  });

  it('is not the one that answers', () => {
    const { clock, log } = begin();
    const attempt = log.begin(target);
    clock.advance(400);
    log.answered(attempt, 200);
    log.markHedgeLost();
    expect(log.toString()).toBe('openai/model=ok(200,0.4s)');
  });
});
