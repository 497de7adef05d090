/** Which words of a question may be left out where they stand, and what that costs. */
import { OPTIONAL_WORDS } from './lexicon/optional-words.ts';
import { PREPOSITIONS } from './lexicon/prepositions.ts';
import { TOOLS } from './lexicon/tools.ts';
import {
  ARTEFACTS,
  BEFORE_VERB,
  DESTINATIONS,
  DETERMINERS,
  HEAD_VERBS,
  MAKING_VERBS,
  SQL_NAMES,
  STYLING,
} from './lexicon/word-classes.ts';
import type { Reading } from './reading.ts';
import { MARK } from './segments.ts';

/** How many words ahead belong to what is made. */
const AHEAD = 7;
const READING_VERBS = new Set([
  'get',
  'access',
  'retrieve',
  'extract',
  'fetch',
  'return',
  'obtain',
  'determine',
]);
const WRITTEN = new Set('to into a data text the an output file json csv xml'.split(' '));
const ARTEFACT_WORDS = new Set(['script', 'program', 'code', 'function', 'method', 'snippet']);
const BEFORE_OWN_ARTEFACT = new Set(
  'a an the as my call pass passing mock use using export import inside each every'.split(' '),
);
const AFTER_ARTEFACT = new Set(['|', 'in', 'for', 'that', 'which', 'using', 'with', '']);
const NAMED_AGAIN = new Set(['number', 'value', 'element', 'variable']);

/** "write a function that", "create a script": only says that something is to be done. */
export function isAskedFor(key: string, form: string, reader: Reading): boolean {
  if (!MAKING_VERBS.has(key) && key !== 'create') return false;
  const makesCode = makesArtefact(reader);
  if (key !== 'create')
    return !(key === 'write' && writesData(reader, makesCode)) && (reader.isHead || key !== 'write');
  const isPassive = /(?:ed|en|made|built)$/.test(form) && reader.previousWord !== '|';
  return (
    (makesCode && reader.isHead) || (isPassive && reader.tokens.some((token) => ARTEFACTS.has(token.key)))
  );
}

function makesArtefact(reader: Reading): boolean {
  for (let offset = 1; offset <= AHEAD; offset++) {
    const word = reader.word(offset);
    if (word === '' || word === '|' || word === ',' || word === 'that' || word === 'which') return false;
    const name = reader.vocabulary.entry(word).nearName;
    if (PREPOSITIONS.has(name)) return false;
    if (ARTEFACTS.has(name)) return true;
  }
  return false;
}

/** "write a list to a file" */
function writesData(reader: Reading, makesCode: boolean): boolean {
  return !makesCode && WRITTEN.has(reader.word(1)) && ahead(reader).some((word) => DESTINATIONS.has(word));
}

const ahead = ({ words, at }: Reading) => words.slice(at + 1, at + 1 + AHEAD);

/** @returns the price of leaving it out, undefined for content; and its name, which "each" may share with "all" */
export function priceOf(
  key: string,
  form: string,
  reader: Reading,
): { key: string; price: number | undefined } {
  if (key === 'each') return priceOfEach(reader);
  return { key, price: price(key, form, reader) };
}

function price(key: string, form: string, reader: Reading): number | undefined {
  const { isHead, neighbour, previousWord } = reader;
  if (key === 'application' && neighbour !== undefined && TOOLS.has(neighbour)) return 0.3;
  if (key === 'file' && isFilename(reader)) return 0.1;
  if (key === 'create') return ahead(reader).includes('random') ? 0.25 : undefined;
  if (key === 'current') return /^(?:page|window|tab)$/.test(reader.word(1)) ? 0.2 : undefined;
  const usual = OPTIONAL_WORDS.get(key);
  if (usual === undefined) return undefined;
  if (HEAD_VERBS.has(key)) {
    const isNoun = /(?:ions?|outputs?)$/.test(form) && !BEFORE_VERB.has(previousWord);
    if (!isHead || isNoun) return undefined;
    // "css text color" asks to set it.
    if (READING_VERBS.has(key) && [...STYLING].some((tool) => reader.has.has(tool))) return undefined;
  }
  if (ARTEFACT_WORDS.has(key)) return isHead || endsInArtefact(reader) ? usual : undefined;
  if ((key === 'error' || key === 'problem') && !isNamedError(reader)) return undefined;
  if (key === 'select' && !reader.words.some((word) => SQL_NAMES.has(word))) return undefined;
  if (NAMED_AGAIN.has(key) && !(neighbour !== undefined && DETERMINERS.has(neighbour))) return undefined;
  return usual;
}

/** "… in a python script" */
function endsInArtefact(reader: Reading): boolean {
  return (
    reader.role === '' && !BEFORE_OWN_ARTEFACT.has(reader.previousWord) && AFTER_ARTEFACT.has(reader.word(1))
  );
}

/** Where a question says "fix" or "why", or gives the number or the text, "error" adds nothing. */
function isNamedError(reader: Reading): boolean {
  if (reader.has.has('fix') || reader.has.has('why')) return true;
  return [reader.word(1), reader.previousWord].some((word) => /^\d+$/.test(word) || word.startsWith(MARK));
}

/** "the `a.txt` file" */
function isFilename({ previousWord, literals }: Reading): boolean {
  if (!previousWord.startsWith(`${MARK}lit`)) return false;
  return /^\w[\w.-]*\.\w+$/.test(literals[Number(previousWord.slice(4, -1))] ?? '');
}

/** "print each element" is "print all elements"; "the maximum of each row" is not "of all rows". */
function priceOfEach(reader: Reading): { key: string; price: number | undefined } {
  const { tokens, role } = reader;
  const isAfterVerb =
    tokens.at(-1)?.isVerb === true && reader.sawVerb && role === '' && !/^\d/.test(reader.word(1));
  const isFirst =
    tokens.length === 0 || (role === '' && tokens.every(({ price: cost }) => cost !== undefined));
  return isAfterVerb || isFirst ? { key: 'all', price: 0.25 } : { key: 'each', price: undefined };
}
