/**
 * A thread that has nothing to do with the server beside it: ten times a second, as often as the thread of spans, it works
 * for as many milliseconds as it was told last. It makes objects of a text and drops them, which is what making spans is.
 */
import { parentPort } from 'node:worker_threads';

const WAKE_EVERY = 100;
const text = JSON.stringify(
  Array.from({ length: 100 }, (_, index) => ({ id: `call ${index}`, at: index / 7, is: ['so'] })),
);
// Work is counted in pieces: the time on the wall would count the server, too, where both share a core.
const times = Array.from({ length: 2_000 }, () => {
  const from = performance.now();
  JSON.parse(text);
  return performance.now() - from;
});
const millisecondsOfPiece = times.sort((left, right) => left - right)[times.length / 2]!;

let milliseconds = 0;
parentPort!.on('message', (told: number) => {
  milliseconds = told;
});
setInterval(() => {
  for (let worked = 0; worked < milliseconds; worked += millisecondsOfPiece) JSON.parse(text);
}, WAKE_EVERY);
