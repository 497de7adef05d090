/** What is measured of the stores that answer other words for the same question. */
import { gauge, type Snapshot } from './instruments.ts';

type Counts = Readonly<Record<string, number>>;

/** Each part is absent where that store is off. */
export interface SimilarState {
  readonly semantic?:
    | {
        readonly lookups: Counts;
        readonly vetoes: Counts;
        readonly audits: Counts;
        readonly reportedWrong: number;
        readonly entries: number;
        readonly state: string;
        readonly limit: number;
        /** Share. */
        readonly falseRateUpper: number;
      }
    | undefined;
  readonly gptCache?: { readonly lookups: Counts; readonly calls: Counts } | undefined;
}

/** The figures of the stores that are switched on. */
export function similarSnapshots({ semantic, gptCache }: SimilarState): Snapshot[] {
  return [
    ...(semantic
      ? [
          counter('codellama_semantic_lookups_total', 'Questions by what became of them', {
            result: semantic.lookups,
          }),
          counter(
            'codellama_semantic_vetoes_total',
            'Questions that were near, by why they are not the same',
            {
              veto: semantic.vetoes,
            },
          ),
          counter('codellama_semantic_audits_total', 'Hits that the judge or the administrator looked at', {
            verdict: semantic.audits,
          }),
          counter('codellama_semantic_reports_total', 'Answers that people reported as wrong', {
            verdict: { wrong: semantic.reportedWrong },
          }),
          gauge('codellama_semantic_entries', 'Questions in the index', 'sum', semantic.entries),
          // The worst of all workers.
          gauge(
            'codellama_semantic_false_rate_upper',
            'With 95 % confidence no larger share of the hits is wrong',
            'max',
            semantic.falseRateUpper,
          ),
          gauge(
            'codellama_semantic_limit',
            'Cost up to which two questions are the same; -1: none is',
            'min',
            semantic.limit,
          ),
          gauge('codellama_semantic_state', 'Processes whose error budget is in this state', 'sum', [
            { labels: { state: semantic.state }, value: 1 },
          ]),
        ]
      : []),
    ...(gptCache
      ? [
          counter('codellama_gptcache_lookups_total', 'Questions to GPTCache by what became of them', {
            result: gptCache.lookups,
          }),
          counter('codellama_gptcache_calls_lost_total', 'Calls of GPTCache that failed, or were not made', {
            outcome: gptCache.calls,
          }),
        ]
      : []),
  ];
}

/** @param counts under the name of their label */
function counter(name: string, help: string, counts: Readonly<Record<string, Counts>>): Snapshot {
  const values = Object.entries(counts).flatMap(([label, ofValues]) =>
    Object.entries(ofValues).map(([labelValue, value]) => ({ labels: { [label]: labelValue }, value })),
  );
  return { name, help, type: 'counter', aggregator: 'sum', values };
}
