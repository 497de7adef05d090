const PRICES: readonly (readonly [number, string])[] = [
  [
    0.1,
    'write implement develop code program function method script snippet howto perform accomplish achieve',
  ],
  [
    0.25,
    'get find fetch return compute calculate obtain access retrieve extract select use using give provide',
  ],
  [0.25, 'determine take show example all each existing project several together'],
  [0.25, 'algorithm keyword simple basic syntax command'],
  [0.35, 'number value element new error problem variable language total'],
];

/** Words that may stand on one side only, and the price of that. What contrasts with them is content, and so a veto. */
export const OPTIONAL_WORDS: ReadonlyMap<string, number> = new Map(
  PRICES.flatMap(([price, words]) => words.split(' ').map((word): [string, number] => [word, price])),
);
