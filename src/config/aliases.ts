/** `aliases:` of the configuration file: other names for models and chains, with `*` at the end for all that begin so. */

/** What each other name stands for. */
export type ModelAliases = Readonly<Record<string, string>>;

/** @param isKnown whether a target of an alias is a model or chain; @param problems gets a line for each mistake */
export function checkAliases(
  aliases: ModelAliases,
  { isKnown, isTaken }: { isKnown: (name: string) => boolean; isTaken: (name: string) => boolean },
  problems: string[],
): void {
  for (const [alias, target] of Object.entries(aliases)) {
    const place = `aliases.${alias}`;
    if (alias.slice(0, -1).includes('*')) problems.push(`${place}: \`*\` may stand at the end only`);
    if (isTaken(alias)) problems.push(`${place}: a model or chain has this name already`);
    if (!isKnown(target)) problems.push(`${place}: there is no model or chain "${target}"`);
  }
}

/** @returns what a name stands for: its own alias, or else that with the longest beginning; nothing without one */
export function resolveAlias(name: string, aliases: ModelAliases): string | undefined {
  if (Object.hasOwn(aliases, name)) return aliases[name];
  let longest: string | undefined;
  for (const alias of Object.keys(aliases)) {
    const matches = alias.endsWith('*') && name.startsWith(alias.slice(0, -1));
    if (matches && alias.length > (longest?.length ?? 0)) longest = alias;
  }
  return longest === undefined ? undefined : aliases[longest];
}
