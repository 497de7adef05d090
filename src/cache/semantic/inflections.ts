const PAST: Record<string, readonly string[]> = {
  get: ['got', 'gotten'],
  take: ['took', 'taken'],
  throw: ['threw', 'thrown'],
  bring: ['brought'],
  spin: ['spun'],
  go: ['went', 'goes', 'gone'],
  run: ['ran'],
  see: ['saw', 'seen'],
  make: ['made'],
  build: ['built'],
  keep: ['kept'],
};

/** The regular forms of an English verb, and the past of the irregular ones that the phrase tables use. */
export function inflections(verb: string): string[] {
  if (verb === 'iterate') return ['iterate', 'iterates', 'iterated', 'iterating'];
  const bare = verb.endsWith('e') && !verb.endsWith('ee') ? verb.slice(0, -1) : verb;
  const doubled =
    /[^aeiou][aeiou][bdgmnprt]$/.test(verb) && !LIGHT_ENDING.has(verb) ? verb + verb.at(-1) : bare;
  const third = /(?:s|x|z|ch|sh)$/.test(verb)
    ? `${verb}es`
    : /[^aeiou]y$/.test(verb)
      ? `${verb.slice(0, -1)}ies`
      : `${verb}s`;
  const past = PAST[verb] ?? [/[^aeiou]y$/.test(verb) ? `${verb.slice(0, -1)}ied` : `${doubled}ed`];
  return [verb, third, `${doubled}ing`, ...past];
}

/** Verbs whose last syllable is not stressed, so that their last letter is not doubled. */
const LIGHT_ENDING = new Set(['filter', 'discard', 'deliver', 'render', 'alter', 'disturb']);
