import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeArguments } from '../../src/guard/tool-calls/tool-arguments.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    path: { type: 'string' },
    limit: { type: 'integer' },
    lines: { type: 'array', items: { type: 'number' } },
    range: { $ref: '#/$defs/range' },
    mode: { anyOf: [{ type: 'string' }, { type: 'null' }] },
  },
  required: ['path'],
  $defs: { range: { type: 'object', properties: { from: { type: 'integer' } }, required: ['from'] } },
};
const judge = (text: string) => judgeArguments('read', text, new Map([['read', SCHEMA]]));

describe('arguments that hold go on as they came', () => {
  it.each([
    '{"path":"a.ts"}',
    ' {"path": "a.ts", "limit": 3, "lines": [1, 2.5], "range": {"from": 0}, "mode": null} ',
    '{"path":"a.ts","something":{"else":[null]}}',
    '{"path":"a.ts","limit":12345678901234567890}',
  ])('%s', (text) => {
    expect(judge(text)).toEqual({ text });
  });

  it('none at all are an empty object, where nothing is required', () => {
    expect(judgeArguments('now', '', new Map())).toEqual({ text: '{}' });
  });
});

describe('damage that hides nothing is repaired', () => {
  it.each([
    ['a comma too many', '{"path":"a.ts","lines":[1,2,],}', { path: 'a.ts', lines: [1, 2] }],
    ['a line feed that is not escaped', '{"path":"a\nb"}', { path: 'a\nb' }],
    ['a closing brace forgotten', '{"range":{"from":1},"path":"a.ts"', { range: { from: 1 }, path: 'a.ts' }],
    ['a code fence around it', '```json\n{"path":"a.ts"}\n```', { path: 'a.ts' }],
    ['null for what is not set', '{"path":"a.ts","limit":null}', { path: 'a.ts' }],
  ])('%s', (_, text, repaired) => {
    const judged = judge(text) as { text: string };
    expect(JSON.parse(judged.text)).toEqual(repaired);
  });
});

describe('what would need a guess is a problem', () => {
  it.each([
    ['a word too many', '{"path":"a.ts" oops}', 'are not JSON'],
    ['a text without its end', '{"path":"a.t', 'are not JSON'],
    ['a number that may go on', '{"path":"a.ts","limit":1', 'are not JSON'],
    ['a list that may go on', '{"path":"a.ts","lines":[1]  ,"range":{"from":1},"lines":[2', 'are not JSON'],
    ['two objects', '{"path":"a.ts"}{"path":"b.ts"}', 'are not JSON'],
    ['a list', '[{"path":"a.ts"}]', 'are not an object'],
    ['a text', '"a.ts"', 'are not an object'],
    ['a number that is kept as its text', '-9007199254740992', 'are not an object'],
    ['a property that is missing', '{"limit":1}', 'do not fit: the arguments lack `path`'],
    ['a type that is another', '{"path":5}', 'do not fit: `path` of the arguments must be string'],
    ['null for what is required', '{"path":null}', 'do not fit: `path` of the arguments must be string'],
    ['a wrong item', '{"path":"a","lines":["x"]}', 'do not fit: `lines` of the arguments[0] must be number'],
    ['inside a reference', '{"path":"a","range":{}}', 'do not fit: `range` of the arguments lack `from`'],
  ])('%s', (_, text, problem) => {
    expect(judge(text)).toEqual({ problem });
  });
});

describe('a schema cannot hold the server up', () => {
  it('one that refers to itself, and one whose choices multiply', () => {
    const itself = { $defs: { a: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' };
    let multiplied: object = { type: 'string' };
    for (let level = 0; level < 40; level++) multiplied = { anyOf: [multiplied, multiplied] };
    for (const schema of [itself, multiplied])
      expect(judgeArguments('read', '{"path":"a"}', new Map([['read', schema]]))).toHaveProperty('text');
  });

  it('whatever it is, the answer is an object of JSON or a problem', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), fc.jsonValue(), (text, schema) => {
        const judged = judgeArguments('read', text, new Map([['read', schema]]));
        if ('text' in judged) expect(JSON.parse(judged.text)).toBeTypeOf('object');
        else expect(judged.problem).not.toBe('');
      }),
    );
  });

  it('a repair invents no word and leaves none out', () => {
    const words = (text: string) => text.match(/\w+/g) ?? [];
    const damaged = fc
      .tuple(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.jsonValue()),
        fc.nat(),
        fc.nat(),
        fc.string(),
      )
      .map(([value, at, remove, insert]) => {
        const json = JSON.stringify(value);
        const place = at % (json.length + 1);
        return json.slice(0, place) + insert + json.slice(place + (remove % 3));
      });
    fc.assert(
      fc.property(damaged, (text) => {
        const judged = judgeArguments('any', text, new Map());
        if ('text' in judged && judged.text !== '{}')
          expect(words(judged.text).join('')).toBe(words(text).join(''));
      }),
      { numRuns: 1_000 },
    );
  });
});
