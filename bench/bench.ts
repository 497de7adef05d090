/**
 * `npm run bench`: what the gateway costs, as ratios to bare baselines and to Portkey, measured side by side in one
 * run. Options: see options.ts and README.md.
 */
import { PARTS, readOptions } from './options.ts';
import { measureLatency } from './parts/latency.ts';
import { measureFrames, measureLateness } from './parts/paced.ts';
import { measureFastStreams, measureHits, measureMisses } from './parts/requests.ts';
import { measureStart } from './parts/start.ts';
import { describePinning, endAll, pinToLoadCore } from './processes.ts';
import { machine, markdown, type Row, save } from './report.ts';
import { openStage, type Stage } from './stage.ts';

const options = readOptions();
const rows: Row[] = [];
const notes: string[] = [];
pinToLoadCore();

const withoutStage = { start: measureStart };
const onStage = {
  miss: measureMisses,
  hit: measureHits,
  stream: measureFastStreams,
  paced: measureFrames,
  lateness: measureLateness,
  latency: measureLatency,
};

for (const [name, measure] of Object.entries(withoutStage))
  if (options.only.has(name as keyof typeof withoutStage)) add(await measure(options));
const wanted = Object.entries(onStage).filter(([name]) => options.only.has(name as keyof typeof onStage));
if (wanted.length > 0) {
  const stage = await openStage(options);
  if (options.portkey && !stage.portkey)
    notes.push('Portkey could not be installed, so it is not in the table.');
  for (const [, measure] of wanted) add(await measure(stage as Stage, options));
}
endAll();

const report = {
  date: new Date().toISOString().slice(0, 10),
  machine: machine(describePinning()),
  method: `${options.rounds} rounds of ${options.seconds} s a peer after a warm-up of 20,000 requests each; peers in turn.`,
  rows,
  notes,
};
console.log(markdown(report));
// A part of it must not take the place of the whole.
if (PARTS.every((name) => options.only.has(name))) console.log(`Written to ${save(report)}`);
process.exit(rows.length > 0 ? 0 : 1);

function add(more: readonly Row[]): void {
  rows.push(...more);
}
