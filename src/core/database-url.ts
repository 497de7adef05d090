/** The address of a database: `sqlite:./data/codellama.db`, `sqlite::memory:` or `postgres://user:password@host/name`. */

/** @returns the path as it is written, also `:memory:`; nothing where it is no SQLite */
export function sqlitePath(url: string): string | undefined {
  return /^sqlite:(?:\/\/)?(.+)$/.exec(url)?.[1];
}

/** @returns the path of a SQLite database; nothing for one in memory and for a PostgreSQL */
export function sqliteFile(url: string): string | undefined {
  const path = sqlitePath(url);
  return path === ':memory:' ? undefined : path;
}

/** By the scheme alone, `postgres:` or `postgresql:`; the rest is not looked at. */
export function isPostgresUrl(url: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(url);
}

/** For people to read: without user, password and parameters. */
export function databasePlace(url: string): string {
  if (!isPostgresUrl(url)) return sqlitePath(url) === ':memory:' ? 'memory' : (sqlitePath(url) ?? 'unknown');
  return URL.canParse(url) ? `PostgreSQL ${new URL(url).host}${new URL(url).pathname}` : 'PostgreSQL';
}
