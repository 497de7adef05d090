/**
 * JSON that somebody else wrote, parsed only where that holds nobody up: replies of providers, and texts within a body that
 * are JSON themselves, such as the arguments of tool calls.
 */
import { measureStructure } from './json-structure.ts';

/** Lists and objects in each other. Writing them again overflows the stack at some thousands. */
const MAX_DEPTH = 500;
/** A text this short is parsed in no time, whatever it is made of, and cannot be deep. */
const HARMLESS_LENGTH = 2 * MAX_DEPTH;
/** 8,000 tokens of an answer with 20 alternatives each have 500,000 names, all of them the same few. */
const MAX_NAMES = 600_000;
const MAX_DIFFERENT_NAMES = 60_000;
const MAX_ITEMS = 1_200_000;

/** True for a text that is deeper or made of more parts than any answer; to be asked before it is parsed. */
export function isCostlyJson(text: string): boolean {
  if (text.length <= HARMLESS_LENGTH) return false;
  const { depth, names, differentNames, items } = measureStructure(text, MAX_DEPTH);
  if (depth > MAX_DEPTH || names > MAX_NAMES) return true;
  return differentNames > MAX_DIFFERENT_NAMES || items > MAX_ITEMS;
}

/** @throws {SyntaxError} also for what would take too long */
export function parseBoundedJson(text: string): unknown {
  if (isCostlyJson(text)) throw new SyntaxError('The JSON is made of more parts than any answer.');
  return JSON.parse(text);
}
