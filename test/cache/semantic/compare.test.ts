import { expect, it } from 'vitest';
import { compare, isHit, STRICTNESS } from '../../../src/cache/semantic/compare.ts';
import { canonicalise } from '../../../src/cache/semantic/question.ts';
import { Vocabulary } from '../../../src/cache/semantic/vocabulary.ts';

const vocabulary = new Vocabulary();

/** `a | b | hit, or the name of the veto` */
const CASES = `
How do I reverse a linked list in Java? | java reverse linked list | hit
reverse a list in python | Hello! Could you please show me how to reverse a list in Python? Thanks! | hit
how can a list be sorted in python | sort a list in python | hit
k8s restart a pod | kubernetes restart a pod | hit
delete a folder in bash | remove a directory in bash | hit
get rid of duplicates in a list in python | python remove duplicate elements from a list | hit
how to convrt string to integer in java | convert string to integer in java | hit
what's the difference between let and var in js | let vs var javascript | hit
read user input in C++ | Read input from the user in C++ | hit
css image border | How do I add a border to an image in CSS? | hit
make a copy of an object in javascript | javascript clone object | hit
What is Docker Compose used for? | What is the purpose of Docker Compose? | hit
what does \`git stash\` do | what does \`git stash\` do? please explain | hit
reverse a list in python | reverse a string in python | core
reverse a list in python | reverse a list in ruby | core
enable a systemd service | disable a systemd service | core
sort a list ascending in python | sort a list descending in python | core
open a file | open a file without blocking | core
count to 10 in go | count to 100 in go | core
sorted list in python | sort a list in python | core
list comprehension IN python | list comprehension in python | core
convert string to int in java | convert int to string in java | target
rename branch main to dev in git | rename branch dev to main in git | target
difference between a list and a tuple | difference between a tuple and a list | hit
merge dev into main with git | merge main into dev with git | target
count the rows in each group in pandas | count the groups in each row in pandas | swapped
function or method in python? | what is a function in python | core
git revert commit | git revert commit why | intent
`;

it.each(
  CASES.trim()
    .split('\n')
    .map((line) => line.split(' | ') as [string, string, string]),
)('%s / %s: %s', (a, b, expected) => {
  const comparison = compare(canonicalise(a, vocabulary), canonicalise(b, vocabulary));
  expect(isHit(comparison, STRICTNESS.balanced) ? 'hit' : comparison.veto).toBe(expected);
});

it('code is compared to the letter, but for white space that means nothing', () => {
  const ask = (code: string) => canonicalise(`why does this fail?\n\`\`\`js\n${code}\n\`\`\``, vocabulary);
  const one = ask('if (a) {\n  b(1);\n}');
  expect(compare(one, ask('if (a) {\n      b(1);\n}')).veto).toBeUndefined();
  expect(compare(one, ask('if (a) {\n  b(2);\n}')).veto).toBe('core');
  expect(compare(one, ask('if (a) {\n  b(\n1);\n}')).veto).toBe('core');
});

it('the steps of indentation are code in Python', () => {
  const ask = (code: string) => canonicalise(`what does it print\n\`\`\`python\n${code}\n\`\`\``, vocabulary);
  expect(compare(ask('if a:\n  b()\nc()'), ask('if a:\n    b()\nc()')).veto).toBeUndefined();
  expect(compare(ask('if a:\n  b()\nc()'), ask('if a:\n  b()\n  c()')).veto).toBe('core');
});
