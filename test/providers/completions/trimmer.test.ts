import { describe, expect, it } from 'vitest';
import { Trimmer } from '../../../src/providers/completions/trimmer.ts';

const PREFIX = 'import sys\n\ndef add(a, b):\n    ';
const SUFFIX = '\n\nprint(add(1, 2))\n';

function trim(
  answer: string,
  { prefix = PREFIX, suffix = SUFFIX as string | undefined, stops = [] as string[] } = {},
) {
  const at = (size: number) => {
    const trimmer = new Trimmer({ prefix, suffix }, stops);
    let text = '';
    for (let start = 0; start < answer.length && !trimmer.isOver; start += size)
      text += trimmer.feed(answer.slice(start, start + size));
    return text + trimmer.end();
  };
  const whole = at(answer.length || 1);
  // However it arrives it is the same.
  for (const size of [1, 2, 7]) expect(at(size)).toBe(whole);
  return whole;
}

describe("a chat model's answer becomes the text of the gap", () => {
  it.each([
    ['as it should be', 'return a + b', 'return a + b'],
    ['nothing', '', ''],
    ['in a fence', '```python\nreturn a + b\n```', 'return a + b'],
    [
      'in a fence without a language, with words after it',
      '```\nreturn a + b\n```\nThis adds.',
      'return a + b',
    ],
    ['in a fence that the cap cut', '```python\nreturn a + b\n', 'return a + b'],
    ['announced', 'Here is the code:\n\n```python\nreturn a + b\n```', 'return a + b'],
    ['an empty fence', '```python\n```', ''],
    ['with the indentation once more', '    return a + b', 'return a + b'],
    ['from the line before on', 'def add(a, b):\n    return a + b', 'return a + b'],
    ['from the very beginning', `${PREFIX}return a + b`, 'return a + b'],
    ['into what follows', 'return a + b\n\nprint(add(1, 2))\n', 'return a + b'],
    ['into the beginning of what follows', 'return a + b\n\nprint(add(', 'return a + b'],
    ['with one line feed too few before what follows', 'return a + b\nprint(add(1, 2))', 'return a + b'],
    ['the whole file in a fence', `\`\`\`python\n${PREFIX}return a + b${SUFFIX}\`\`\``, 'return a + b'],
    ['with a line feed that follows anyway', 'return a + b\n', 'return a + b'],
    [
      'deeper than the line',
      'if a:\n        return b\n    return a',
      'if a:\n        return b\n    return a',
    ],
    ['a code word that announces nothing', 'here = 1\n    return here', 'here = 1\n    return here'],
  ])('%s', (_how, answer, text) => expect(trim(answer)).toBe(text));

  it.each([
    ['a bracket that the answer opened stays', 'print(foo(', ')', 'a)', 'a)'],
    ['one that follows anyway goes', 'print(foo(', '))', 'a))', 'a'],
    ['one letter in common is chance', 'let y = ', 'x + 1', 'max', 'max'],
    ['a semicolon that follows anyway goes', 'let y = ', ';\n', 'x + 1;', 'x + 1'],
    ['a quote that follows anyway goes', 'print("', '")', 'hello"', 'hello'],
    ['a call and all that follows', 'console.log(', ');\nrun();', 'add(1, 2));', 'add(1, 2)'],
  ])('%s', (_what, prefix, suffix, answer, text) => expect(trim(answer, { prefix, suffix })).toBe(text));

  it('stop sequences hold for what is given, not for what is taken off', () => {
    expect(trim('```js\nlet a = 1;\nlet b = 2;\n```', { suffix: '', stops: ['\n'] })).toBe('let a = 1;');
    expect(trim('one END two', { suffix: undefined, stops: ['END', 'two'] })).toBe('one ');
    expect(trim('one EN', { suffix: undefined, stops: ['END'] })).toBe('one EN');
  });

  it('a long answer comes through as it is', () => {
    const long = `${' '.repeat(50_000)}${'print(add(1, 2)\n'.repeat(20_000)}`;
    expect(trim(long)).toBe(long.slice(4).trimEnd());
    const rows = '    x = 1\n'.repeat(5_000);
    expect(trim(`${rows}    return x${SUFFIX}`)).toBe(`${rows.slice(4)}    return x`);
    const suffix = `\n\n${'print(add(1, 2))\n'.repeat(200)}`;
    expect(trim(`return a + b${suffix}`, { suffix })).toBe('return a + b');
  });
});
