/** The table on the screen, and the dated result files. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Spread } from './statistics.ts';

export interface Target {
  readonly limit: number;
  readonly atLeast?: boolean;
  readonly worst?: boolean;
}

export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly value: Spread;
  /** For the median, or for the worst of all rounds. */
  readonly target?: Target;
}

export interface Report {
  readonly date: string;
  readonly machine: { cpu: string; cores: number; node: string; commit: string; pinning: string };
  readonly method: string;
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

export function machine(pinning: string): Report['machine'] {
  let commit = 'unknown';
  try {
    commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    // A copy without its history can be measured all the same.
  }
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version, commit, pinning };
}

export function markdown({ date, machine, method, rows, notes }: Report): string {
  const table = rows.map(
    ({ what, unit, value, target }) =>
      `| ${what} | ${number(value.min)} | ${number(value.median)} | ${number(value.max)} | ${unit} | ${verdict(value, target)} |`,
  );
  return [
    `# Bench, ${date}`,
    '',
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, commit ${machine.commit}; ${machine.pinning}.`,
    '',
    method,
    '',
    '| | min | median | max | unit | target |',
    '|---|---|---|---|---|---|',
    ...table,
    '',
    ...notes.map((note) => `- ${note}`),
    '',
  ].join('\n');
}

export function save(report: Report): string {
  const folder = new URL('results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${report.date}.md`, folder), markdown(report));
  writeFileSync(new URL(`${report.date}.json`, folder), `${JSON.stringify(report, null, 2)}\n`);
  return `bench/results/${report.date}.md`;
}

export function verdict({ min, median, max }: Spread, target: Target | undefined): string {
  if (!target) return '';
  const { limit, atLeast, worst } = target;
  const value = worst ? (atLeast ? min : max) : median;
  const isMet = atLeast ? value >= limit : value <= limit;
  return `${atLeast ? '≥' : '≤'} ${limit}: ${isMet ? 'met' : '**missed**'}`;
}

export function number(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
