import { readFileSync } from 'node:fs';

/** Whether another process of this machine has this number; our own is that of a container before us. */
export function isOtherProcess(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    return process.kill(pid, 0) && !isDefunct(pid);
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** One that was killed keeps its number until its parent has asked for its end, which some never do. */
function isDefunct(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // Only Linux tells so.
    return false;
  }
}
