/** One timer for all frames of a stream: it is not started and stopped for each, so what matters is whether it is armed. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadline } from '../../src/routing/deadline.ts';

const deadline = () => new Deadline('a', new AbortController().signal);

/** Time passes, and then the event loop takes a turn. */
async function pass(milliseconds: number): Promise<void> {
  vi.advanceTimersByTime(milliseconds);
  await new Promise((resolve) => setImmediate(resolve));
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

describe('a deadline', () => {
  it('aborts the attempt when its time is over, and says what was awaited', async () => {
    const idle = deadline();
    idle.arm('idle', 1_000);
    await pass(1_000);
    expect(idle.signal.aborted).toBe(true);
    expect(idle.expired?.message).toBe('a did not send the next part of its answer within 1 s.');
  });

  it('begins anew each time it is armed', async () => {
    const idle = deadline();
    for (let frame = 0; frame < 5; frame++) {
      idle.arm('idle', 1_000);
      await pass(900);
      idle.disarm();
    }
    expect(idle.signal.aborted).toBe(false);
  });

  it('does not run while a slow reader keeps us waiting, however long', async () => {
    const idle = deadline();
    idle.arm('idle', 1_000);
    idle.disarm();
    await pass(60_000);
    expect(idle.expired).toBeUndefined();
    idle.arm('idle', 1_000);
    await pass(999);
    expect(idle.expired).toBeUndefined();
    await pass(1);
    expect(idle.expired?.facts.timeout).toBe('idle');
  });

  it('is met by what came while this process was held up, and is read only now', async () => {
    const idle = deadline();
    idle.arm('idle', 1_000);
    vi.advanceTimersByTime(5_000);
    idle.disarm();
    await pass(0);
    expect(idle.expired).toBeUndefined();
    idle.arm('idle', 1_000, { bySign: 1_000, atMost: 60_000 });
    vi.advanceTimersByTime(5_000);
    idle.extend();
    await pass(500);
    expect(idle.expired).toBeUndefined();
    await pass(500);
    expect(idle.expired?.facts.timeout).toBe('idle');
  });

  it('takes another time for another phase', async () => {
    const next = deadline();
    next.arm('first_token', 10_000);
    next.disarm();
    next.arm('idle', 500);
    await pass(500);
    expect(next.expired?.facts.timeout).toBe('idle');
  });

  it('leaves no timer behind when the attempt is over', async () => {
    const idle = deadline();
    idle.arm('idle', 1_000);
    idle.disarm();
    idle.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is moved on by signs of life, as long as they come', async () => {
    const first = deadline();
    first.arm('first_token', 1_000, { bySign: 1_000, atMost: 60_000 });
    for (let ping = 0; ping < 20; ping++) {
      await pass(900);
      first.extend();
    }
    expect(first.expired).toBeUndefined();
    await pass(1_001);
    expect(first.expired?.facts.timeout).toBe('first_token');
  });

  it('is not moved beyond the attempt’s whole time', async () => {
    const first = deadline();
    first.arm('first_token', 1_000, { bySign: 1_000, atMost: 5_000 });
    for (let ping = 0; ping < 10; ping++) {
      await pass(600);
      first.extend();
    }
    expect(first.expired?.facts.timeout).toBe('attempt');
  });

  it('of a whole answer is moved by nothing', async () => {
    const whole = deadline();
    whole.arm('attempt', 1_000);
    await pass(900);
    whole.extend();
    await pass(100);
    expect(whole.expired?.facts.timeout).toBe('attempt');
  });
});
