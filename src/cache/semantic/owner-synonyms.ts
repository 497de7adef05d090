/** An owner's own names for things, one group a line: `acme-db = postgresql`. */
const MAX_LINES = 1_000;
const WORD = /^[\p{L}\p{N}][\p{L}\p{N}+#.-]{0,49}$/u;

/**
 * @returns groups of words that mean the same, the name first
 * @throws {Error} that names the line
 */
export function parseSynonyms(text: string): string[][] {
  const lines = text.split('\n');
  if (lines.length > MAX_LINES) throw new Error(`At most ${MAX_LINES} lines of synonyms are read.`);
  const names = new Map<string, string>();
  const groups: string[][] = [];
  lines.forEach((line, at) => {
    const bare = line.replace(/#(?=\s|$).*/, '').trim();
    if (bare === '') return;
    const [own = '', name = '', ...more] = bare.split('=').map((side) => side.trim().toLowerCase());
    const fail = (why: string) => new Error(`Synonyms, line ${at + 1}: ${why}: ${line.trim()}`);
    if (more.length > 0 || !WORD.test(own) || !WORD.test(name)) throw fail('expected "word = word"');
    if (own === name) throw fail('a word is its own synonym already');
    const before = names.get(own);
    if (before !== undefined && before !== name) throw fail(`"${own}" is "${before}" already`);
    names.set(own, name);
    groups.push([name, own]);
  });
  return groups;
}
