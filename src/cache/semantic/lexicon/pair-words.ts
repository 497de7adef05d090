/** Classes of words that matter when two questions are compared. */
const set = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Ways to say that one wants to have it. */
export const FINDING_WORDS = set(
  'access retrieve extract select calculate get find fetch return compute obtain determine show give provide use take',
);
/** Ways to say that it is to be made. */
export const MAKING_WORDS = set(
  'write create make build give provide show example function method script program code snippet use',
);
/** Belong to the word after them: "the last element" is not "the element of the last". */
export const ORDINALS = set('first last second second-place third fourth fifth next previous nth');
/** Ways to name once more what is counted or compared: "the largest number". */
export const ELEMENT_WORDS = set('number value element');
/** Optional words that may stand for each other across the families. */
export const WEAK_WORDS: ReadonlySet<string> = new Set([
  ...FINDING_WORDS,
  ...MAKING_WORDS,
  ...'check convert work run schedule listen'.split(' '),
]);
/** Of these, two different ones are two different tasks. */
export const TASK_WORDS = set('get find fetch show create make build return compute');
/** Mean many without a plural. */
export const MASS_NOUNS =
  set(`prime even odd random whitespace data content information text code duplicate dedupe newline
number subdirectory negative positive natural fibonacci N:2 N:3`);
/** Adverbs, adjectives and verbs that stand anywhere in a sentence. */
export const MOVABLE_WORDS =
  set(`new down up default existing remote local current now previous nested duplicate unique empty
remaining background recursive vertical horizontal asynchronous synchronous alphabetical dynamic static random
parallel concurrent immediate inplace linebyline keeporder dedupe oneliner efficient fast simple twice not without
only after before contain unittest test safe automatic manual stepbystep beginner example gt lt gte lte until
convert createfrom count check sort iterate`);
