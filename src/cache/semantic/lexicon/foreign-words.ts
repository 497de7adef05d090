/** Frequent small words of other languages: the rules for English words do not hold for a text full of them. */
export const FOREIGN_WORDS: ReadonlySet<string> = new Set(
  `el los las una unos para como cómo qué que por con der die das wie ein eine einen und ist nicht mit für le
les des une pour dans comment est avec il gli di come uno um uma em não com jak czy nie и в на как не що як`.split(
    /\s+/,
  ),
);
