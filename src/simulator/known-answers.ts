/**
 * What the simulated model knows: some forty common questions about code, in `answers/*.md`. There an entry is a title, the
 * pattern of what it answers, its code in several languages, and a few words about it.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** One entry. */
export interface KnownAnswer {
  readonly title: string;
  readonly asks: RegExp;
  /** Code by the tag of its fence, in the order in which it is preferred. */
  readonly code: ReadonlyMap<string, string>;
  readonly text: string;
}

const FOLDER = new URL('./answers/', import.meta.url);
const ENTRY = /^# (.+)\nasks: (.+)\n/gm;
const CODE = /^```(\w+)\n([\s\S]*?)\n```\n/gm;
/** Characters at the end of a question that are looked at: agents put long texts before it. */
const LOOKED_AT = 400;

/** All entries, read once at the start; the first that fits a question answers it. */
export const knownAnswers: readonly KnownAnswer[] = readdirSync(FOLDER)
  .sort()
  .flatMap((name) => readEntries(readFileSync(new URL(name, FOLDER), 'utf8')));

/** The first that fits. */
export function findKnownAnswer(question: string): KnownAnswer | undefined {
  const end = question.slice(-LOOKED_AT);
  return knownAnswers.find(({ asks }) => asks.test(end));
}

function readEntries(file: string): KnownAnswer[] {
  const heads = [...file.matchAll(ENTRY)];
  return heads.map((head, index) => {
    const body = file.slice(head.index + head[0].length, heads[index + 1]?.index);
    return {
      title: head[1]!,
      asks: new RegExp(head[2]!, 'i'),
      code: new Map([...body.matchAll(CODE)].map(([, fence, code]) => [fence!, code!])),
      text: body.replaceAll(CODE, '').trim(),
    };
  });
}
