/** Kinds of question that may meet, and at what price; all other pairs never do. */
export const INTENT_PRICES: ReadonlyMap<string, number> = new Map([
  ['do none', 0.1],
  ['explain whatis', 0.05],
  ['none whatis', 0.15],
  ['none explain', 0.6],
  ['fix do', 0.5],
  ['fix none', 0.35],
  ['do whatis', 0.6],
]);
