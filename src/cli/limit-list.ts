/** The documentation's list of limits, made of their table. */
import { LIMIT_KINDS, type LimitKind, USER_PREFIX } from '../accounts/limits/limit-table.ts';

const BEGIN = '<!-- The limits: made by `npm run docs:configuration`. -->\n';
const END = '<!-- End of the limits. -->\n';

/** @param page the text of `docs/keys-and-budgets.md` @returns it with the list of today */
export function withLimitList(page: string): string {
  const begin = page.indexOf(BEGIN) + BEGIN.length;
  const end = page.indexOf(END, begin);
  if (begin < BEGIN.length || end === -1)
    throw new Error(`the page has no place for the limits between ${BEGIN}and ${END}`);
  const lines = LIMIT_KINDS.map(({ field, label, flag, example, isForUsers }: LimitKind) => {
    const ofUsers = isForUsers ? `\`${USER_PREFIX}${field}\`` : '';
    return `| \`${field}\` | ${ofUsers} | ${label} | \`--${flag} ${example}\` |\n`;
  });
  const head = '| limit | of each user of a key | | `npm run keys` |\n|---|---|---|---|\n';
  return page.slice(0, begin) + head + lines.join('') + page.slice(end);
}
