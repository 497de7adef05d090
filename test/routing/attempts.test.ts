import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failures/classify.ts';
import { AttemptLog } from '../../src/routing/attempts.ts';
import { errorReply, networkError, timeout } from '../helpers/errors.ts';
import { makeTarget } from '../helpers/targets.ts';

const target = makeTarget('openai');

/** The line for one attempt that failed after 1.2 s. */
function storyOf(error: Error): string {
  const log = new AttemptLog();
  log.failed(log.begin(target, 100), classify(error, 0), 1_300);
  return log.toString();
}

describe('the story of the attempts', () => {
  it('is empty without any', () => {
    expect(new AttemptLog().toString()).toBe('');
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
    const log = new AttemptLog();
    log.skipped(target, 0, 59_960);
    expect(log.toString()).toBe('openai/model=cooling(60.0s)');
  });

  it('tells all in order', () => {
    const log = new AttemptLog();
    log.failed(log.begin(target, 0), classify(errorReply(500, ''), 0), 200);
    const last = log.begin(makeTarget('anthropic'), 250);
    log.answered(last, 200, 900);
    log.ended(last, 1_350);
    expect(log.toString()).toBe('openai/model=upstream_unavailable(500,0.2s); anthropic/model=ok(200,1.1s)');
  });

  it('of a stream that has begun ends where it began', () => {
    const log = new AttemptLog();
    log.answered(log.begin(target, 0), 200, 400);
    expect(log.toString()).toBe('openai/model=ok(200,0.4s)');
  });
});

describe('a runner that was outrun', () => {
  it('stays so when its call is stopped', () => {
    const log = new AttemptLog();
    const slow = log.begin(target, 0);
    log.markHedgeLost(700);
    log.failed(slow, classify(networkError('AbortError'), 0), 710);
    expect(log.toString()).toBe('openai/model=hedge_lost(-,0.7s)');
  });

  it('has read the question, which somebody pays for', () => {
    const log = new AttemptLog();
    log.begin(target, 0);
    log.markHedgeLost(700);
    expect(log.unusedWork).toEqual([{ target, before: '', written: '' }]);
  });

  it('is not the one that answers', () => {
    const log = new AttemptLog();
    log.answered(log.begin(target, 0), 200, 400);
    log.markHedgeLost(700);
    expect(log.toString()).toBe('openai/model=ok(200,0.4s)');
  });
});
