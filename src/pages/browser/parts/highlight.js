/** Colours code well enough to read it, in any language that looks like one: comments, strings, numbers, keywords, calls. */
import { html } from './html.js';

const KEYWORDS = new Set(
  `abstract and as assert async await begin bool boolean break byte case catch chan char class const constructor continue crate def default
  defer del delete do done double elif else elsif end ensure enum esac except export extends extern false fi final finally float fn for
  foreach from func function global go goto if impl implements import in include instanceof int interface internal is lambda let local long
  loop match mod module mut namespace new nil none nonlocal not null of operator or override package pass private protected pub public
  raise range readonly record ref rescue return sealed select self short signed sizeof static str string struct super switch then this
  throw throws trait true try type typedef typeof union unless unsafe unsigned until use using val var virtual void volatile when where
  while with yield echo create table insert into values update set join inner left right on group by order limit having distinct primary key
  None True False Self`.split(/\s+/),
);

/** Languages in which `#` begins a comment; in others it is a colour, a private field, a directive. */
const HASH =
  /^(?:python|py|ruby|rb|bash|sh|shell|zsh|yaml|yml|toml|perl|r|dockerfile|makefile|elixir|julia|nim)$/;
const DASHES = /^(?:sql|lua|haskell|hs|ada|elm|plsql)$/;

/** @param {string} language @returns {RegExp} */
function tokensOf(language) {
  const comments = [
    String.raw`\/\*[\s\S]*?(?:\*\/|$)`,
    ...(HASH.test(language) ? ['#.*'] : DASHES.test(language) ? ['--.*'] : [String.raw`\/\/.*`]),
    ...(language === 'html' || language === 'xml' ? [String.raw`<!--[\s\S]*?(?:-->|$)`] : []),
  ].join('|');
  const strings = [
    String.raw`"""[\s\S]*?(?:"""|$)`,
    String.raw`'''[\s\S]*?(?:'''|$)`,
    String.raw`"(?:\\.|[^"\\\n])*(?:"|$)`,
    // A lifetime or a quote in prose is no string: it does not end in the line.
    String.raw`'(?:\\.|[^'\\\n])*'`,
    String.raw`\x60(?:\\[\s\S]|[^\x60\\])*(?:\x60|$)`,
  ].join('|');
  return new RegExp(
    `(?<comment>${comments})|(?<string>${strings})|(?<number>\\b(?:0[xob][\\da-f_]+|\\d[\\d_]*(?:\\.\\d+)?(?:e[+-]?\\d+)?)\\b)|(?<word>[\\p{L}_$][\\p{L}\\d_$]*)(?<open>\\s*\\()?`,
    'giu',
  );
}

/** @param {{ code: string, language: string }} properties */
export function Highlighted({ code, language }) {
  const name = language.toLowerCase();
  if (name === 'text' || name === 'plain' || name === 'output') return code;
  /** @type {any[]} */
  const parts = [];
  let at = 0;
  for (const found of code.matchAll(tokensOf(name))) {
    const { comment, string, number, word, open } = found.groups ?? {};
    const kind = comment
      ? 'comment'
      : string
        ? 'string'
        : number
          ? 'numeral'
          : word && (KEYWORDS.has(word) || (name === 'sql' && KEYWORDS.has(word.toLowerCase())))
            ? 'keyword'
            : open
              ? 'call'
              : undefined;
    if (!kind) continue;
    const text = word ?? found[0];
    parts.push(code.slice(at, found.index), html`<span class=${`code-${kind}`}>${text}</span>`);
    at = found.index + text.length;
  }
  parts.push(code.slice(at));
  return parts;
}
