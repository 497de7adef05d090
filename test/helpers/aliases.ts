/** Aliases of keys: no two of a server's are the same. */

const made = new Map<string, number>();

/** @param url of the server @returns `web` for its first key, then `web-2`, `web-3` … */
export function nextAlias(url: string): string {
  const count = (made.get(url) ?? 0) + 1;
  made.set(url, count);
  return count === 1 ? 'web' : `web-${count}`;
}
