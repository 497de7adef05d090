/** What the simulator says of common questions is true code. */
import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, it } from 'vitest';
import { canonicalAnswer } from '../../src/simulator/answer.ts';
import { knownAnswers } from '../../src/simulator/known-answers.ts';

const titleOf = (question: string) => canonicalAnswer(question).split('\n')[0];

it('it knows some forty questions, each with code and a few words', () => {
  expect(knownAnswers.length).toBeGreaterThanOrEqual(40);
  for (const { title, code, text } of knownAnswers)
    expect({ title, isWhole: code.size > 0 && text.length > 40 && !text.includes('```') }).toEqual({
      title,
      isWhole: true,
    });
});

it.each([
  ['reverse a string in Go', 'Reverse a string, in Go:'],
  ['How do I reverse a word with Python?', 'Reverse a string, in Python:'],
  ['what is a closure?', 'Closures, in Python:'],
  ['explain closures in javascript', 'Closures, in JavaScript:'],
  ['debounce in TypeScript', 'Debounce, in TypeScript:'],
  ['typescript: is this number a prime', 'Prime numbers, in JavaScript:'],
  ['sort a list of dicts by age', 'Sort objects by a field, in Python:'],
  ['How do I undo my last git commit?', 'Undo a git commit, in Bash:'],
  ['parse JSON in Haskell', 'Parse JSON. I do not know this one in Haskell; here it is in Python:'],
])('%s', (question, opening) => {
  expect(titleOf(question)).toBe(opening);
});

it('a question it does not know is answered by saying so', () => {
  const answer = canonicalAnswer('port my COBOL payroll to a mainframe cluster');
  expect(answer).toContain('I am the built-in simulator and not a model');
  expect(answer).toContain('```python');
});

it('a long text before the question, such as an agent puts there, does not choose the answer', () => {
  expect(titleOf(`${'fibonacci '.repeat(100_000)}${' '.repeat(400)}what is a closure?`)).toBe(
    'Closures, in Python:',
  );
});

describe('its JavaScript and TypeScript has no mistake of syntax:', () => {
  const code = knownAnswers.flatMap(({ title, code: byFence }) =>
    ['javascript', 'typescript'].flatMap((fence) =>
      byFence.has(fence) ? [[title, byFence.get(fence)!] as const] : [],
    ),
  );
  it.each(code)('%s', (_title, script) => {
    expect(() => stripTypeScriptTypes(script)).not.toThrow();
  });
});

/** Runs what an answer shows, and gives back what it would print. */
function run(title: string, expression: string): unknown {
  const script = knownAnswers.find((known) => known.title === title)?.code.get('javascript');
  return new Function(`const console = { log() {} };\n${script}\nreturn ${expression};`)();
}

it.each([
  ['Reverse a string', "reverse('naïve')", 'evïan'],
  ['Palindrome', "isPalindrome('A man, a plan, a canal: Panama')", true],
  ['Fibonacci', 'fibonacci(90)', 2880067194370816120n],
  ['Factorial', 'factorial(21)', 51090942171709440000n],
  ['Prime numbers', '[1, 2, 9, 97].map(isPrime)', [false, true, false, true]],
  ['Greatest common divisor', 'gcd(12, 18)', 6],
  ['Binary search', 'binarySearch([1, 3, 5, 7], 5)', 2],
  ['Sort', 'quickSort([3, 1, 2, 1])', [1, 1, 2, 3]],
  ['Two sum', 'twoSum([2, 7, 11], 18)', [1, 2]],
  ['Count words', "countWords('to be or not to be').get('be')", 2],
  ['Recursion', 'depth({ children: [{}, { children: [{}] }] })', 3],
])('its code does what it says: %s', (title, expression, result) => {
  expect(run(title, expression)).toEqual(result);
});
