/**
 * Loaded into the server under test (`--import`): the longest turn of its event loop in time of the processor, which others
 * on the machine do not lengthen as they do time on the clock. Written to the file that TURN_FILE names, a number a line.
 */
import { appendFileSync, statSync } from 'node:fs';

const EVERY = 10;
/** Milliseconds of the clock from which a turn is looked at. */
const LONG = 40;

let before = performance.now();
let used = process.threadCpuUsage();
let longest = LONG;

setInterval(() => {
  const now = performance.now();
  const gap = now - before;
  const cpu = process.threadCpuUsage(used);
  before = now;
  used = process.threadCpuUsage();
  const busy = (cpu.user + cpu.system) / 1_000;
  if (gap < LONG) return;
  // Emptied: what was seen before does not count.
  if (longest > LONG && statSync(process.env.TURN_FILE!).size === 0) longest = LONG;
  if (busy < longest) return;
  longest = busy;
  appendFileSync(process.env.TURN_FILE!, `${busy.toFixed(1)}\n`);
}, EVERY).unref();
