/** The table in docs/performance.md, between its two marks: what has a target, and how large an installation is. */
import { readFileSync, writeFileSync } from 'node:fs';
import { number, type Report, verdict } from './report.ts';

const file = new URL('../docs/performance.md', import.meta.url);
const MARKS = /(<!-- bench -->\n)[\s\S]*(\n<!-- \/bench -->)/;

export function writeTable(report: Report): void {
  const text = readFileSync(file, 'utf8');
  if (!MARKS.test(text)) throw new Error('docs/performance.md has lost its bench marks.');
  writeFileSync(
    file,
    text.replace(MARKS, (_, before, after) => before + resultsTable(report) + after),
  );
}

function resultsTable({ date, machine, rows }: Report): string {
  const lines = rows
    .filter(({ what, target }) => target || what.startsWith('node_modules'))
    .map(
      ({ what, unit, value, target }) =>
        `| ${what} | **${number(value.median)}** ${unit} | ${number(value.min)} – ${number(value.max)} | ${verdict(value, target)} |`,
    );
  return [
    '| | median | range | target |',
    '|---|---|---|---|',
    ...lines,
    '',
    `Of [${date}](../bench/results/${date}.md), commit ${machine.commit}: ${machine.cpu}, Node ${machine.node}, the server on one core.`,
  ].join('\n');
}
