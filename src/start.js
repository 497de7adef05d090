// The entry of `npm start`. Plain JavaScript, because it must run before the first TypeScript file is read: with the
// compile cache on, types are stripped once and not at every start, which halves the time to ready and saves 20 MB.
// Nothing here may need a new Node, so that an old one gets to the line that says so.
import { readFileSync } from 'node:fs';

const NEEDED = 24;
if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(
    `CodeLlama Server needs Node ${NEEDED} or newer; this is ${process.version}. \`npm ci\` (without --omit=dev) brings a Node that fits, and \`npm start\` uses it.\n`,
  );
  process.exit(1);
}
const { flushCompileCache } = await import('node:module');
await import('./compile-cache.js');
await import('./main.ts');
// `npm start` ends when its npm ends, also when that is killed: nobody else would know of this process.
if (process.env.npm_lifecycle_event === 'start') {
  const before = ancestors();
  setInterval(() => ancestors() !== before && process.kill(process.pid, 'SIGTERM'), 500).unref();
}
// Now and not only at the end, which may be a kill -9; what is loaded later a moment after it. Without anything new this
// takes a hundredth of a millisecond.
flushCompileCache();
setInterval(flushCompileCache, 1_000).unref();

/** The process that started this one and, where the system tells, the one behind it: npm starts a shell that starts us. */
function ancestors() {
  try {
    const status = readFileSync(`/proc/${process.ppid}/status`, 'utf8');
    return `${process.ppid} ${/^PPid:\s*(\d+)/m.exec(status)?.[1]}`;
  } catch {
    return `${process.ppid}`;
  }
}
