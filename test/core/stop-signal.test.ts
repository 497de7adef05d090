/** A stop is to those inside what an `AbortController` with its signal is: held against Node's own. */
import { describe, expect, it } from 'vitest';
import { Stop, type StopSignal } from '../../src/core/stop-signal.ts';

describe.each([
  ['ours', () => new Stop()],
  ["Node's", () => new AbortController()],
] as const)('%s', (_, make) => {
  const begin = () => {
    const controller = make();
    const signal: StopSignal = controller instanceof AbortController ? controller.signal : controller;
    const told: string[] = [];
    const tell = (name: string) => {
      const listener = () => void told.push(name);
      signal.addEventListener('abort', listener, { once: true });
      return listener;
    };
    return { controller, signal, told, tell };
  };

  it('tells its listeners once, in the order they came', () => {
    const { controller, signal, told, tell } = begin();
    tell('one');
    tell('two');
    expect([signal.aborted, signal.reason]).toEqual([false, undefined]);
    controller.abort('because');
    controller.abort('another reason');
    expect(told).toEqual(['one', 'two']);
    expect([signal.aborted, signal.reason]).toEqual([true, 'because']);
  });

  it('tells nobody who went, or who comes later', () => {
    const { controller, signal, told, tell } = begin();
    const gone = tell('gone');
    tell('there');
    signal.removeEventListener('abort', gone);
    controller.abort();
    tell('late');
    controller.abort();
    expect(told).toEqual(['there']);
  });

  it('tells also those who were to be told when one of them has another removed', () => {
    const { controller, signal, told, tell } = begin();
    signal.addEventListener('abort', () => signal.removeEventListener('abort', first), { once: true });
    const first = tell('first');
    tell('second');
    controller.abort();
    expect(told.at(-1)).toBe('second');
  });

  it('has a reason that says what it is where none is given', () => {
    const { controller, signal } = begin();
    controller.abort();
    expect((signal.reason as Error).name).toBe('AbortError');
  });
});
