/**
 * `npm run bench`: what the gateway costs, as ratios to bare baselines and to Portkey, measured side by side in one
 * run. Options: see options.ts and README.md.
 */
import { PARTS, type PartName, readOptions } from './options.ts';
import { measureAgentTurns } from './parts/agent.ts';
import { measureFootprint } from './parts/footprint.ts';
import { measureLatency } from './parts/latency.ts';
import { measureMemory } from './parts/memory.ts';
import { measureObserved } from './parts/observed.ts';
import { measureFrames, measureLateness } from './parts/paced.ts';
import { measureFastStreams, measureHits, measureMisses } from './parts/requests.ts';
import { measureScaling } from './parts/scaling.ts';
import { measureStart } from './parts/start.ts';
import { describePinning, endAll, LOAD_CORE, pin } from './processes.ts';
import { machine, markdown, type Row, save } from './report.ts';
import { writeTable } from './results-table.ts';
import { openStage, type Stage } from './stage.ts';

const options = readOptions();
const rows: Row[] = [];
const notes: string[] = [];
const startedAt = performance.now();
// What only waits and reads should not take time from the server under test.
pin([process.pid], String(LOAD_CORE));

await part('start', () => measureStart(options));
await part('footprint', () => measureFootprint(notes));
let stage: Stage | undefined;
await onStage('miss', measureMisses);
await onStage('hit', measureHits);
await onStage('agent', measureAgentTurns);
await onStage('stream', measureFastStreams);
await onStage('paced', measureFrames);
await onStage('lateness', measureLateness);
await onStage('latency', measureLatency);
await onStage('observed', measureObserved);
await onStage('scaling', measureScaling);
await onStage('memory', measureMemory);
endAll();

const report = {
  date: new Date().toISOString().slice(0, 10),
  machine: machine(describePinning()),
  method:
    `${options.rounds} rounds of ${options.seconds} s a peer in short turns, after 20,000 requests to warm up each; every reply checked. ` +
    'CPU is that of the whole server process; ratios are taken pair by pair within a round. ' +
    'Misses, hits and the fastest streams: closed loop, 32 connections.',
  rows,
  notes: [...notes, ...(stage?.notes ?? [])],
};
console.log(markdown(report));
// A part of it must not take the place of the whole.
if (PARTS.every((name) => options.only.has(name))) {
  console.log(`Written to ${save(report)} and docs/performance.md.`);
  writeTable(report);
}
process.exit(0);

async function onStage(
  name: PartName,
  measure: (stage: Stage, given: typeof options) => Promise<Row[]>,
): Promise<void> {
  await part(name, async () => {
    stage ??= await openStage(options);
    return measure(stage, options);
  });
}

async function part(name: PartName, measure: () => Promise<Row[]> | Row[]): Promise<void> {
  if (!options.only.has(name)) return;
  process.stderr.write(`${Math.round((performance.now() - startedAt) / 1_000)} s: ${name}\n`);
  rows.push(...(await measure()));
}
