import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ServerSentEvent, SseParser, sseData } from '../../src/core/sse.ts';

function parse(pieces: readonly Uint8Array[]): ServerSentEvent[] {
  const parser = new SseParser();
  return [...pieces.flatMap((piece) => parser.feed(piece)), ...parser.end()];
}

/** The bytes cut at the given places. */
function split(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [
    0,
    ...cuts.map((cut) => cut % (bytes.length + 1)).sort((left, right) => left - right),
    bytes.length,
  ];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((value) => value.replace(/[\r\n\0]/g, ' '));
const line = fc.oneof(
  text.map((value) => `data: ${value}`),
  text.map((value) => `data:${value}`),
  text.map((value) => `: ${value}`),
  fc.constantFrom('event: ping', 'event:delta', 'id: 7', 'retry: 10', 'data', ''),
);
const stream = fc
  .array(fc.tuple(line, lineEnd), { maxLength: 30 })
  .map((lines) => `${lines.map(([content, end]) => content + end).join('')}\n\n`);

describe('events', () => {
  it('are the same however the bytes are cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 20 }), (source, cuts) => {
        const bytes = new TextEncoder().encode(source);
        expect(parse(split(bytes, cuts))).toEqual(parse([bytes]));
      }),
      { numRuns: 500 },
    );
  });

  it('are the same byte by byte', () => {
    fc.assert(
      fc.property(stream, (source) => {
        const bytes = new TextEncoder().encode(source);
        expect(parse(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(parse([bytes]));
      }),
    );
  });

  it('are those an independent parser finds', () => {
    fc.assert(
      fc.property(stream, (source) => {
        const theirs: { event: string | undefined; data: string }[] = [];
        const parser = createParser({ onEvent: ({ event, data }) => theirs.push({ event, data }) });
        parser.feed(source);
        const ours = parse([new TextEncoder().encode(source)]);
        expect(ours.map(({ event, data }) => ({ event: event || undefined, data }))).toEqual(
          theirs.map(({ event, data }) => ({ event: event || undefined, data })),
        );
      }),
      { numRuns: 500 },
    );
  });
});

it('a last event is given although its empty line never came', () => {
  expect(parse([Buffer.from('data: {"a":1}')])).toEqual([{ event: undefined, data: '{"a":1}' }]);
});

it('a byte order mark at the start is no part of the first line', () => {
  expect(parse([Buffer.from('\uFEFFdata: x\n\n')])).toEqual([{ event: undefined, data: 'x' }]);
});

it('an event without end is refused before it fills the memory', () => {
  const parser = new SseParser();
  const piece = Buffer.alloc(4 * 1024 * 1024, 'a');
  parser.feed(Buffer.from('data: '));
  expect(() => {
    for (let index = 0; index < 10; index++) parser.feed(piece);
  }).toThrow(RangeError);
});

it('what is written can be read', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(parse([Buffer.from(sseData(json))])).toEqual([{ event: undefined, data: json }]);
    }),
  );
});
