/** All vetoes, in the order they are asked. This table is the documentation, and its examples are the tests. */
import type { Pair } from '../pair.ts';
import * as content from './content.ts';
import * as numbers from './numbers.ts';
import { swappedThings } from './order.ts';
import * as roles from './roles.ts';

/** One rule that keeps two questions apart, whatever the rest of them costs. */
export interface Veto {
  readonly name: string;
  readonly reason: string;
  readonly forbids: (pair: Pair) => boolean;
  /** Two questions that only this veto keeps apart. */
  readonly example: readonly [string, string];
}

/** In the order in which they are asked; the first that forbids names the reason. */
export const VETOES: readonly Veto[] = [
  {
    name: 'sequence',
    reason:
      'In other languages, and in long texts, only the same words in the same order are the same question.',
    forbids: content.differentSequence,
    example: ['como pasar una lista con nombre', 'como pasar a una lista con nombre'],
  },
  {
    name: 'quote',
    reason: 'A quoted text must stand in the other question to the letter.',
    forbids: content.missingQuote,
    example: ['fix "cannot find the module" in node', 'fix "cannot find module" in node'],
  },
  {
    name: 'intent',
    reason: 'To explain, to compare, to fix and to do are different answers.',
    forbids: content.differentIntent,
    example: ['why rebase a git branch', 'how to rebase a git branch'],
  },
  {
    name: 'missing verb',
    reason: 'A usual verb such as "add" may only be left out where there is no other.',
    forbids: content.missingVerb,
    example: ['add a unique column index to users in pandas', 'get a unique column index to users in pandas'],
  },
  {
    name: 'optional words',
    reason: 'Two different optional words on the two sides are a contrast.',
    forbids: content.differentOptionalWords,
    example: ['reverse all strings in python', 'reverse several strings in python'],
  },
  {
    name: 'conversion',
    reason: 'A conversion without a direction is not one.',
    forbids: content.oneSidedConversion,
    example: ['convert csv to json in python', 'csv json in python'],
  },
  {
    name: 'all or one',
    reason: '"All files" is "files", but not "a file".',
    forbids: content.allAgainstOne,
    example: ['compress all folders in bash', 'compress a folder in bash'],
  },
  {
    name: 'says too little',
    reason: 'A few general words have many questions under them.',
    forbids: content.saysTooLittle,
    example: ['oracle constraint', 'how do i find a constraint in oracle'],
  },
  {
    name: 'negation',
    reason: 'What is negated here must be negated there.',
    forbids: content.differentNegation,
    example: ['sort a list and do not reverse it', 'reverse a list and do not sort it'],
  },
  {
    name: 'numbers',
    reason: 'Numbers come in the same order.',
    forbids: numbers.differentNumbers,
    example: ['random integer from 5 to 10', 'random integer from 10 to 5'],
  },
  {
    name: 'literals',
    reason: 'Names and literals come in the same order.',
    forbids: numbers.differentLiterals,
    example: ['open `x.txt` `y.txt` `x.txt` in vim', 'open `x.txt` `y.txt` `y.txt` in vim'],
  },
  {
    name: 'count',
    reason: 'A number counts the same thing.',
    forbids: numbers.differentCount,
    example: ['matrix with 3 rows and columns', 'matrix with rows and 3 columns'],
  },
  {
    name: 'amount',
    reason: '"By 10" says how much, "to 10" how far.',
    forbids: numbers.differentAmount,
    example: ['increase font size by 2 px in css', 'increase font size to 2 px in css'],
  },
  {
    name: 'opposite role',
    reason: 'The source is not the target, and before is not after.',
    forbids: roles.oppositeRole,
    example: ['copy a file to s3 with boto', 'copy a file from s3 with boto'],
  },
  {
    name: 'target',
    reason: 'All that stands under "to" and "from" is the same.',
    forbids: roles.differentTarget,
    example: ['send user email to admin', 'send to user email admin'],
  },
  {
    name: 'object',
    reason: 'Under every preposition the questions have something in common.',
    forbids: roles.differentObject,
    example: ['sort users by age with name for city', 'sort users with age for name by city'],
  },
  {
    name: 'swapped',
    reason: 'Two things do not change places without a grammatical reason.',
    forbids: swappedThings,
    example: ['parent waits child', 'child waits parent'],
  },
  {
    name: 'exchanged roles',
    reason: 'Of two things each does not stand where the other stood.',
    forbids: roles.exchangedRoles,
    example: ['write a test for a hook in react', 'write a hook for a test in react'],
  },
];
