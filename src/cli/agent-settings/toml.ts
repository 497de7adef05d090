/** As much TOML as settings of texts need: what is there is edited line by line, so that comments and order stay. */

type Values = Readonly<Record<string, string>>;

/** @param settings texts of the top level, and tables of texts by their names */
export function toToml(settings: Readonly<Record<string, unknown>>): string {
  return mergeToml('', settings);
}

/** Sets the values in a document that may have them already, and leaves everything else as it is. */
export function mergeToml(text: string, settings: Readonly<Record<string, unknown>>): string {
  const tables = Object.entries(settings).filter(([, value]) => typeof value === 'object');
  const top = Object.fromEntries(Object.entries(settings).filter(([, value]) => typeof value === 'string'));
  let lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  lines = setValues(lines, undefined, top as Values);
  for (const [name, values] of tables) lines = setValues(lines, name, values as Values);
  return `${lines.join('\n')}\n`;
}

/** @param table `undefined` for the top level, which ends where the first table begins */
function setValues(lines: readonly string[], table: string | undefined, values: Values): string[] {
  const header = table === undefined ? -1 : lines.findIndex((line) => headerOf(line) === table);
  if (table !== undefined && header < 0) {
    const gap = lines.length > 0 && lines.at(-1)?.trim() !== '' ? [''] : [];
    return [
      ...lines,
      ...gap,
      `[${table}]`,
      ...Object.entries(values).map(([name, value]) => lineOf(name, value)),
    ];
  }
  const after = lines.findIndex((line, at) => at > header && headerOf(line) !== undefined);
  const end = after < 0 ? lines.length : after;
  const left = new Map(Object.entries(values));
  const own = lines.slice(header + 1, end).map((line) => {
    const name = /^\s*([\w-]+)\s*=/.exec(line)?.[1];
    const value = name === undefined ? undefined : left.get(name);
    if (name === undefined || value === undefined) return line;
    left.delete(name);
    return lineOf(name, value);
  });
  const added = [...left].map(([name, value]) => lineOf(name, value));
  // New values stand before the empty lines that part the tables.
  let last = own.length;
  while (last > 0 && own[last - 1]!.trim() === '') last--;
  return [
    ...lines.slice(0, header + 1),
    ...own.slice(0, last),
    ...added,
    ...own.slice(last),
    ...lines.slice(end),
  ];
}

function headerOf(line: string): string | undefined {
  return /^\s*\[+\s*([^\]]+?)\s*\]/.exec(line)?.[1];
}

/** TOML's basic strings are written as JSON's. */
function lineOf(name: string, value: string): string {
  return `${name} = ${JSON.stringify(value)}`;
}
