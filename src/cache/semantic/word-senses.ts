import { TOOLS } from './lexicon/tools.ts';
import { CHARACTER_SETS, PACKAGE_MANAGERS } from './lexicon/word-classes.ts';
import type { Reading } from './reading.ts';

const AFTER_LIST = new Set(
  'all every each the file files running installed available out your my'.split(' '),
);

/** The meaning of a word that has another one beside certain others; of any other word its own. */
export function nameInContext(key: string, reader: Reading): string {
  // With a package manager to uninstall is to remove.
  if (key === 'uninstall' && reader.words.some((word) => PACKAGE_MANAGERS.has(word))) return 'delete';
  // "List all files" is an order, "list files" may be two nouns.
  if (key === 'list' && AFTER_LIST.has(reader.word(1)) && saysNothingYet(reader)) return 'show';
  // "Strip the tags" removes them; "strip a string" takes the space around it.
  if (
    (key === 'strip' || key === 'trim') &&
    [1, 2, 3].some((offset) => CHARACTER_SETS.has(reader.word(offset)))
  )
    return 'delete';
  return key;
}

const saysNothingYet = ({ tokens }: Reading) =>
  tokens.every(({ key, price }) => TOOLS.has(key) || price !== undefined);
