import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactly } from '../../../src/core/exact-json.ts';
import { Marks, measureStructure } from '../../../src/core/json-structure.ts';
import { LARGE } from '../../../src/core/large-work.ts';
import { keepRawBody } from '../../../src/core/raw-body.ts';
import { composeBody } from '../../../src/providers/fit/compose-body.ts';
import { toJsonBody } from '../../../src/providers/fit/json-body.ts';

/** A body as `readJson` gives it, its bytes beside it. */
function received(text: string): Record<string, unknown> {
  const marks = new Marks();
  measureStructure(text, 256, marks);
  const body = JSON.parse(text) as Record<string, unknown>;
  keepRawBody(body, Buffer.from(text), text, marks);
  return body;
}
const sent = (body: object, source: object) => (composeBody(body, source) as Buffer).toString();
const LONG = 'x'.repeat(3_000);

describe('what goes on unchanged is sent as it came', () => {
  it('with its own spaces and escapes, what is changed in our own', () => {
    const source = received(
      `{ "model" : "a", "messages" : [ {"role":"user", "content":"\\u0061${LONG}"} ], "n": 1.0 }`,
    );
    expect(sent({ ...source, model: 'b', stream: false }, source)).toBe(
      `{"model":"b","messages": [ {"role":"user", "content":"\\u0061${LONG}"} ],"n":1,"stream":false}`,
    );
  });

  it('of a list what follows the last change', () => {
    const source = received(`{"messages":[{"a": 1}, {"b": "é${LONG}"},{"c":3}]}`);
    const [, ...rest] = source.messages as object[];
    expect(sent({ messages: [{ guard: true }, { a: 2 }, ...rest] }, source)).toBe(
      `{"messages":[{"guard":true},{"a":2}, {"b": "é${LONG}"},{"c":3}]}`,
    );
  });
});

describe('what was not looked at is not sent', () => {
  it.each([
    ['a name twice, anywhere', `{"tools":[{"type":"web_search","type":"function","x":"${LONG}"}]}`],
    ['a field twice', `{"tools":["${LONG}"],"tools":["${LONG}"]}`],
    ['half of a character', `{"tools":["\\ud83d${LONG}"]}`],
  ])('%s', (_, text) => {
    const source = received(text);
    expect(sent(source, source)).toBe(toJsonBody(source));
  });

  it('bytes that are no text', () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from(`${LONG}"}`)]);
    const text = bytes.toString();
    const marks = new Marks();
    measureStructure(text, 256, marks);
    const body = JSON.parse(text) as object;
    keepRawBody(body, bytes, text, marks);
    expect(Buffer.from(composeBody(body, body) as string | Buffer)).toEqual(
      Buffer.from(JSON.stringify(body)),
    );
  });
});

it('whatever is sent says what was to be said', () => {
  const value = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue());
  const spaced = fc.tuple(
    fc.array(value, { maxLength: 5 }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(0, 2),
  );
  fc.assert(
    fc.property(spaced, fc.array(value, { maxLength: 2 }), fc.nat(5), ([list, word, space], own, kept) => {
      const text = JSON.stringify(
        { messages: [...list, word, LONG], other: { list }, [word]: LONG },
        null,
        space,
      );
      const source = received(text);
      const messages = [...own, ...(source.messages as unknown[]).slice(kept)];
      for (const body of [{ ...source, messages }, { ...source, model: word }, { messages }])
        expect(JSON.parse(sent(body, source))).toEqual(JSON.parse(toJsonBody(body)));
    }),
    { numRuns: 500 },
  );
});

describe('a body of megabytes', () => {
  it.each([
    [
      'a long text, and half of a character in it',
      `${'x'.repeat(700_000)}${'\ud83d\ude00'.repeat(70_000)}\ud83d`,
    ],
    [
      'many texts',
      Array.from({ length: 9_000 }, (_, at) => ({ role: 'user', content: `${at} ${'é'.repeat(50)}` })),
    ],
    ['nothing, lists and numbers', [null, [], {}, { a: undefined, b: [1.5, true] }, 'x'.repeat(600_000)]],
    ['a number that JavaScript cannot hold', [parseExactly('[12345678901234567890]'), 'x'.repeat(600_000)]],
  ])('is written as a small one is: %s', async (_, value) => {
    const source = received(JSON.stringify({ input: 'x'.repeat(LARGE) }));
    const body = { model: 'm', messages: value, stream: false };
    expect((await composeBody(body, source)).toString()).toBe(toJsonBody(body));
  });

  it('goes on as it came where it may', async () => {
    const source = received(`{ "model": "a", "messages": [ "${'x'.repeat(LARGE)}" ] }`);
    expect((await composeBody({ ...source, model: 'b' }, source)).toString()).toBe(
      `{"model":"b","messages": [ "${'x'.repeat(LARGE)}" ] }`,
    );
  });
});
