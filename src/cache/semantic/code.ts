/** Code inside of a question: where it is, and its text without the white space that means nothing. */

/** Languages in which indentation has a meaning; so may code of no named language. */
const INDENTED = /^(?:py|python|ya?ml|haskell|hs|make|makefile|coffee|pug|sass|fs|f#|nim|elm)?$/i;
const STRING_OR_SPACE = /("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`)|\s+/g;

/** Line breaks stay in every language (`return` and a line break is another program in JavaScript), and so do strings. */
export function normaliseCode(code: string, language: string): string {
  const keepsIndentation = INDENTED.test(language) && !(language === '' && /[;{}]\s*$/m.test(code));
  const levels = [0];
  const lines: string[] = [];
  for (const line of code.replace(/\r\n?/g, '\n').split('\n')) {
    const body = line.trim();
    if (body === '') continue;
    const depth = keepsIndentation ? depthOf(line, levels) : 0;
    lines.push(`${depth}:${body.replace(STRING_OR_SPACE, (_, string?: string) => string ?? ' ')}`);
  }
  return lines.join('\n');
}

/** How deep a line stands, counted in steps, however wide these are. */
function depthOf(line: string, levels: number[]): number {
  const width = line.slice(0, line.length - line.trimStart().length).replaceAll('\t', '    ').length;
  while (levels.length > 1 && width < levels.at(-1)!) levels.pop();
  if (width > levels.at(-1)!) levels.push(width);
  return levels.length - 1;
}

const OPERATOR =
  /[\w\])"'`] ?(?:={1,3}|!==?|[+\-*/%]=?|[=-]>|[<>]=|&&|\|\||<<|>>|:=|\*\*) [\w[("'`$!{-]|[\w\])] ?(?:={2,3}|!==?|[=-]>|:=|\+=) ?[\w[("'`$!{]/;
const STARTS_CODE =
  /^\s*(?:def|function|const|let|var|public|private|static|#include|import|from|SELECT|INSERT|UPDATE|DELETE|CREATE|class)\b/;
const DECLARES = /^\s*(?:def|function|const|let|var|#include|import|SELECT|class)\b/;
const CALL_WITH_BODY = /\w\([^)]{0,200}\)\s?[:{]/;

/** A clause that is code without saying so. */
export function isCode(clause: string): boolean {
  if (/\b(?:vs|versus|difference|between)\b/i.test(clause)) return false;
  const text = clause.trim();
  if (text.length < 4) return false;
  if (OPERATOR.test(text) || /[{};]$/.test(text) || CALL_WITH_BODY.test(text)) return true;
  return STARTS_CODE.test(text) && /[(){}=;:*]/.test(text);
}

/** Whether a clause begins as declarations of programming languages do (`def`, `const`, `import`). */
export const declaresSomething = (clause: string): boolean => DECLARES.test(clause);
