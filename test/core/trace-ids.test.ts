/** Ids of traces and spans, and who decides whether a trace is recorded. */
import { describe, expect, it } from 'vitest';
import { orderedId } from '../../src/core/ids.ts';
import { callTrace, samplerOf, spanIdOf, traceparentOf } from '../../src/core/trace-ids.ts';

const PARENT = {
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: undefined,
};
const always = samplerOf('always_on', 1);

it('a trace that begins here has the digits of the call’s id', () => {
  const id = orderedId();
  const trace = callTrace(id, undefined, always);
  expect(trace.traceId).toBe(id.replaceAll('-', ''));
  expect(traceparentOf(trace, spanIdOf(id, 0))).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
});

it('spans of many calls all differ', () => {
  const spans = Array.from({ length: 2_000 }, orderedId).flatMap((id) =>
    Array.from({ length: 10 }, (_, number) => spanIdOf(id, number)),
  );
  expect(new Set(spans).size).toBe(20_000);
});

it('a span’s id is valid and its own, whatever the call’s id and however many attempts there are', () => {
  for (const id of [orderedId(), 'an id of another form', 'x'.repeat(64)]) {
    const spans = Array.from({ length: 0x1000 }, (_, number) => spanIdOf(id, number));
    expect(new Set(spans).size).toBe(0x1000);
    for (const span of [...spans, spanIdOf(id, 0x1_0000)]) expect(span).toMatch(/^[89ab][\da-f]{15}$/);
  }
});

describe('samplers', () => {
  const shareOf = (name: Parameters<typeof samplerOf>[0], parent: typeof PARENT | undefined) => {
    const sampler = samplerOf(name, 0.25);
    const traces = Array.from({ length: 4_000 }, () => callTrace(orderedId(), parent, sampler));
    return traces.filter(({ isSampled }) => isSampled).length / traces.length;
  };

  it('with a ratio record about that share', () => {
    expect(shareOf('traceidratio', undefined)).toBeCloseTo(0.25, 1);
    expect(shareOf('parentbased_traceidratio', undefined)).toBeCloseTo(0.25, 1);
  });

  it('by the parent do as the caller did', () => {
    expect(shareOf('parentbased_traceidratio', PARENT)).toBe(1);
    expect(shareOf('parentbased_always_off', PARENT)).toBe(1);
    const off = { ...PARENT, traceparent: PARENT.traceparent.replace(/01$/, '00') };
    expect(shareOf('parentbased_always_on', off)).toBe(0);
    expect(shareOf('always_on', off)).toBe(1);
    expect(shareOf('always_off', PARENT)).toBe(0);
  });
});
