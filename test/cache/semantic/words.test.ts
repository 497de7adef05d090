import { describe, expect, it } from 'vitest';
import { parseSynonyms } from '../../../src/cache/semantic/owner-synonyms.ts';
import { canonicalise } from '../../../src/cache/semantic/question.ts';
import { Vocabulary } from '../../../src/cache/semantic/vocabulary.ts';
import { splitWords } from '../../../src/cache/semantic/words.ts';

const vocabulary = new Vocabulary();
const split = (text: string) => {
  const literals: string[] = [];
  const { list } = splitWords(text, literals, vocabulary);
  return { words: list.filter((word) => !word.startsWith('\u0001')).join(' '), literals };
};

describe('words', () => {
  it.each([
    ["What's new? I don't know", 'what is new | i do not know'],
    ["can't stop", 'can not stop'],
    ['read/write in C++, fast', 'read write in c++ , fast'],
    ['a 10ms delay in v2.1', 'a 10 ms delay in 2.1'],
    ['use IN and NOT in sql', 'use k~in and k~not in sql'.replace('and', 'and')],
    ['PostgreSQL and JavaScript', 'postgresql and javascript'],
  ])('%s', (text, expected) => expect(split(text).words).toBe(expected));

  it.each([
    ['call parseConfig() first', 'parseConfig()'],
    ['what is --force', '--force'],
    ['open src/main.ts', 'src/main.ts'],
    ['the snake_case name', 'snake_case'],
  ])('%s has the literal %s', (text, literal) => expect(split(text).literals).toEqual([literal]));
});

describe('the vocabulary', () => {
  it.each([
    ['lists', 'list'],
    ['queries', 'query'],
    ['indices', 'index'],
    ['sorting', 'sort'],
    ['splitting', 'split'],
    ['wrote', 'write'],
    ['classes', 'class'],
    ['redis', 'redis'],
    ['kubernetes', 'kubernetes'],
    ['string', 'string'],
    ['k8s', 'kubernetes'],
    ['dict', 'dictionary'],
    ['validation', 'validate'],
  ])('%s is %s', (word, name) => expect(vocabulary.entry(word).exactName).toBe(name));

  it('near synonyms have one name besides their own', () => {
    expect(vocabulary.entry('folder')).toMatchObject({ exactName: 'folder', nearName: 'directory' });
  });

  it.each([
    ['recusrion', 'recursion'],
    ['pyhton', 'python'],
    ['functoin', 'function'],
  ])('%s is a typing error of %s', (typed, meant) => expect(vocabulary.entry(typed).form).toBe(meant));

  it.each(['babble', 'canter', 'adman'])('%s is a word of its own', (word) =>
    expect(vocabulary.entry(word).wasCorrected).toBe(false),
  );
});

describe("the owner's synonyms", () => {
  it('are read one a line', () => {
    const text = '# ours\nacme-db = postgresql\n\nfrobnicator = scheduler # the old name\n';
    expect(parseSynonyms(text)).toEqual([
      ['postgresql', 'acme-db'],
      ['scheduler', 'frobnicator'],
    ]);
  });

  it.each([
    ['acme db', 'line 1: expected "word = word"'],
    ['a = b = c', 'line 1'],
    ['ok = fine\nx = x', 'line 2: a word is its own synonym already'],
    ['a = b\na = c', 'line 2: "a" is "b" already'],
  ])('%j is refused with its line', (text, message) => expect(() => parseSynonyms(text)).toThrow(message));

  it('count like ours', () => {
    const own = new Vocabulary(parseSynonyms('acmedb = postgresql'));
    expect(own.entry('acmedb').exactName).toBe('postgresql');
  });

  it.each(['acme-db', 'acme.db', 'acme2'])('may have signs and digits in them: %s', (word) => {
    const own = new Vocabulary(parseSynonyms(`${word} = postgresql`));
    const read = (prompt: string) => canonicalise(prompt, own).core;
    expect(read(`How do I list the tables of ${word}?`)).toBe(read('How do I list the tables of postgres?'));
  });
});
