/** One timer for all frames of a stream: it is not started and stopped for each, so what matters is whether it is armed. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadline } from '../../src/routing/deadline.ts';

const deadline = () => new Deadline('a', new AbortController().signal);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a deadline', () => {
  it('aborts the attempt when its time is over, and says what was awaited', () => {
    const idle = deadline();
    idle.arm('idle', 1_000);
    vi.advanceTimersByTime(1_000);
    expect(idle.signal.aborted).toBe(true);
    expect(idle.expired?.message).toBe('a did not send the next part of its answer within 1 s.');
  });

  it('begins anew each time it is armed', () => {
    const idle = deadline();
    for (let frame = 0; frame < 5; frame++) {
      idle.arm('idle', 1_000);
      vi.advanceTimersByTime(900);
      idle.disarm();
    }
    expect(idle.signal.aborted).toBe(false);
  });

  it('does not run while a slow reader keeps us waiting, however long', () => {
    const idle = deadline();
    idle.arm('idle', 1_000);
    idle.disarm();
    vi.advanceTimersByTime(60_000);
    expect(idle.expired).toBeUndefined();
    idle.arm('idle', 1_000);
    vi.advanceTimersByTime(999);
    expect(idle.expired).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(idle.expired?.facts.timeout).toBe('idle');
  });

  it('takes another time for another phase', () => {
    const next = deadline();
    next.arm('first_token', 10_000);
    next.disarm();
    next.arm('idle', 500);
    vi.advanceTimersByTime(500);
    expect(next.expired?.facts.timeout).toBe('idle');
  });

  it('leaves no timer behind when the attempt is over', () => {
    const idle = deadline();
    idle.arm('idle', 1_000);
    idle.disarm();
    idle.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is moved on by signs of life, as long as they come', () => {
    const first = deadline();
    first.arm('first_token', 1_000, { bySign: 1_000, atMost: 60_000 });
    for (let ping = 0; ping < 20; ping++) {
      vi.advanceTimersByTime(900);
      first.extend();
    }
    expect(first.expired).toBeUndefined();
    vi.advanceTimersByTime(1_001);
    expect(first.expired?.facts.timeout).toBe('first_token');
  });

  it('is not moved beyond the attempt’s whole time', () => {
    const first = deadline();
    first.arm('first_token', 1_000, { bySign: 1_000, atMost: 5_000 });
    for (let ping = 0; ping < 10; ping++) {
      vi.advanceTimersByTime(600);
      first.extend();
    }
    expect(first.expired?.facts.timeout).toBe('attempt');
  });

  it('of a whole answer is moved by nothing', () => {
    const whole = deadline();
    whole.arm('attempt', 1_000);
    vi.advanceTimersByTime(900);
    whole.extend();
    vi.advanceTimersByTime(100);
    expect(whole.expired?.facts.timeout).toBe('attempt');
  });
});
