/** The parser is compared with somebody else's (`eventsource-parser`), under every way bytes can be cut. */
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ServerSentEvent, SSE_DONE, SSE_PING, SseParser, sseData } from '../../src/core/sse.ts';

/** All events of a text whose bytes come in these pieces. */
function parse(pieces: readonly Uint8Array[]): ServerSentEvent[] {
  const parser = new SseParser();
  return [...pieces.flatMap((piece) => parser.feed(piece)), ...parser.end()];
}

function parseText(text: string): ServerSentEvent[] {
  return parse([Buffer.from(text)]);
}

/** The same by `eventsource-parser`, all at once. */
function reference(text: string): ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  const parser = createParser({ onEvent: ({ event, data }) => events.push({ event, data }) });
  // A CR at the very end might be half of a CRLF, for which it waits; a comment ends the wait.
  parser.feed(`${text}:\n`);
  return events;
}

/** Cuts bytes before each of these places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length,
  ];
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

/** An empty `event:` is no name. */
function plain(events: readonly ServerSentEvent[]): ServerSentEvent[] {
  return events.map(({ event, data }) => ({ event: event || undefined, data }));
}

const words = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    ':',
    'data',
    'data:',
    'event',
    'é',
    '世界',
    '👋🏽',
    '\u2028',
    '\ufeff',
    '{"a":1}',
    '[DONE]',
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !/[\r\n]/.test(text)),
);
const value = fc.array(words, { maxLength: 4 }).map((parts) => parts.join(''));
const line = fc.oneof(
  { weight: 6, arbitrary: value.map((text) => `data: ${text}`) },
  { weight: 2, arbitrary: value.map((text) => `data:${text}`) },
  { weight: 2, arbitrary: value.map((text) => `event: ${text}`) },
  { weight: 1, arbitrary: value.map((text) => `: ${text}`) },
  { weight: 1, arbitrary: value.map((text) => `unknown: ${text}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('data', 'event', 'id: 1', 'retry: 5', 'datax: 1', ' data: 1', 'DATA: 1'),
  },
  { weight: 4, arbitrary: fc.constant('') },
);
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
/** A stream whose last event is complete, so that both parsers give it. */
const streams = fc
  .array(fc.tuple(line, lineEnd), { maxLength: 24 })
  .map((lines) => `${lines.map(([text, end]) => text + end).join('')}\n\n`);

describe('every split of the bytes gives the same events', () => {
  it('in any place, as many as there are', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.nat(2_000), { maxLength: 40 }), (text, places) => {
        expect(parse(cut(Buffer.from(text), places))).toEqual(parseText(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it('in two, at each place there is', () => {
    fc.assert(
      fc.property(streams, (text) => {
        const bytes = Buffer.from(text);
        const expected = parseText(text);
        for (let at = 0; at <= bytes.length; at++) {
          expect(parse([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('byte by byte, whether the last event is complete or not', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(line, lineEnd), { maxLength: 24 }), value, (lines, tail) => {
        const text = lines.map(([content, end]) => content + end).join('') + tail;
        expect(parse([...Buffer.from(text)].map((byte) => Buffer.of(byte)))).toEqual(parseText(text));
      }),
      { numRuns: 500 },
    );
  });
});

describe('another parser gives the same events', () => {
  it('for any mixture of fields and line ends, cut anywhere', () => {
    let seen = 0;
    fc.assert(
      fc.property(streams, fc.array(fc.nat(2_000), { maxLength: 20 }), (text, places) => {
        const expected = reference(text);
        seen += expected.length;
        expect(plain(parse(cut(Buffer.from(text), places)))).toEqual(plain(expected));
      }),
      { numRuns: 2_000 },
    );
    // The comparison would say nothing if hardly anything were parsed.
    expect(seen).toBeGreaterThan(2_000);
  });

  it.each(['\n', '\r\n', '\r'])('for a plain answer with line ends %j', (end) => {
    const text = [
      'data: {"text":"世界"}',
      '',
      ': ping',
      '',
      'event: error',
      'data: one',
      'data: two',
      '',
      'data: [DONE]',
      '',
      '',
    ].join(end);
    const expected = [
      { event: undefined, data: '{"text":"世界"}' },
      { event: 'error', data: 'one\ntwo' },
      { event: undefined, data: '[DONE]' },
    ];
    expect(parseText(text)).toEqual(expected);
    expect(reference(text)).toEqual(expected);
  });
});

describe('at the edges', () => {
  it('an event is given as soon as its empty line is there', () => {
    const parser = new SseParser();
    expect(parser.feed(Buffer.from('data: one\n'))).toEqual([]);
    expect(parser.feed(Buffer.from('\n'))).toEqual([{ event: undefined, data: 'one' }]);
    expect(parser.feed(Buffer.from('data: two\r\n\r\ndata: thr'))).toEqual([
      { event: undefined, data: 'two' },
    ]);
    expect(parser.feed(Buffer.from('ee\n\n'))).toEqual([{ event: undefined, data: 'three' }]);
    expect(parser.end()).toEqual([]);
  });

  it.each(['data: last', 'data: last\n', 'data: last\r', 'data: last\r\n', 'data: last\r\r'])(
    'the end of the bytes completes the last event: %j',
    (text) => {
      expect(parseText(text)).toEqual([{ event: undefined, data: 'last' }]);
    },
  );

  it('the name of an event is that event’s alone', () => {
    expect(parseText('event: a\n\ndata: one\n\nevent: b\ndata: two\n\ndata: three\n\n')).toEqual([
      { event: undefined, data: 'one' },
      { event: 'b', data: 'two' },
      { event: undefined, data: 'three' },
    ]);
  });

  it('one space after the colon is not part of the value', () => {
    expect(parseText('data:  two spaces\n\ndata:none\n\ndata:\n\ndata\n\n').map(({ data }) => data)).toEqual([
      ' two spaces',
      'none',
      '',
      '',
    ]);
  });

  it('a byte order mark at the start is no text, also when it is cut; a later one is', () => {
    const bytes = Buffer.from('\ufeffdata: \ufeffone\n\n');
    for (let at = 0; at <= 4; at++) {
      expect(parse([bytes.subarray(0, at), bytes.subarray(at)])).toEqual([
        { event: undefined, data: '\ufeffone' },
      ]);
    }
  });

  it('half a character at the end does not hide the line before it', () => {
    const half = Buffer.from('世').subarray(0, 2);
    expect(parse([Buffer.from('data: one\r'), half])).toEqual([{ event: undefined, data: 'one' }]);
  });

  it('an event without end is refused, on one line or on many', () => {
    const million = Buffer.alloc(1_000_000, 'x');
    const onOneLine = new SseParser();
    onOneLine.feed(Buffer.from('data: '));
    expect(() => feedMany(onOneLine, million)).toThrow(RangeError);
    const onMany = new SseParser();
    expect(() =>
      feedMany(onMany, Buffer.concat([Buffer.from('data: '), million, Buffer.from('\n')])),
    ).toThrow(RangeError);
    const events = new SseParser();
    expect(() =>
      feedMany(events, Buffer.concat([Buffer.from('data: '), million, Buffer.from('\n\n')])),
    ).not.toThrow();
  });
});

describe('what is written can be read', () => {
  it('JSON with line feeds and signs of every kind', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const json = JSON.stringify({ text });
        expect(parseText(sseData(json))).toEqual([{ event: undefined, data: json }]);
        expect(reference(sseData(json))).toEqual([{ event: undefined, data: json }]);
      }),
    );
  });

  it('pings are nothing, `[DONE]` is an event', () => {
    const text = SSE_PING + SSE_PING + SSE_DONE + SSE_PING;
    expect(parseText(text)).toEqual([{ event: undefined, data: '[DONE]' }]);
    expect(reference(text)).toEqual([{ event: undefined, data: '[DONE]' }]);
  });
});

function feedMany(parser: SseParser, bytes: Uint8Array): void {
  for (let times = 0; times < 20; times++) parser.feed(bytes);
}
