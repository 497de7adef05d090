import type { SemanticReport } from './counters.ts';

/** The report of the semantic cache as text for a terminal. */
export function formatReport(report: SemanticReport): string {
  const { lookups, vetoes, ineligible, audits, reportedWrong, entries, state, limit, falseRateUpper } =
    report;
  const asked = Object.values(lookups).reduce((sum, count) => sum + count, 0);
  const hits = (lookups.hit ?? 0) + (lookups.would_hit ?? 0);
  return [
    `state       ${state}, cost limit ${limit < 0 ? 'none: nothing is served' : limit}`,
    `lookups     ${asked}, hits ${hits}${asked > 0 ? ` (${((100 * hits) / asked).toFixed(1)} %)` : ''}`,
    `entries     ${entries}`,
    `audits      ${audits.right} right, ${audits.wrong} wrong, ${audits.unknown} undecided`,
    `reported    ${reportedWrong} wrong`,
    `wrong hits  at most ${(100 * falseRateUpper).toFixed(2)} % (95 % confidence)`,
    ...section('lookups', lookups),
    ...section('vetoes', vetoes),
    ...section('not eligible', ineligible),
  ].join('\n');
}

function section(title: string, counts: Readonly<Record<string, number>>): string[] {
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return rows.length === 0
    ? []
    : ['', title, ...rows.map(([name, count]) => `  ${name.padEnd(28)} ${count}`)];
}
