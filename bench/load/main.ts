/** The load generator, a process of its own so that its CPU is nobody else's. One job at a time, over IPC. */
import { closedLoop } from './closed-loop.ts';
import { type Connection, openAll } from './connection.ts';
import type { FromLoad, Job, Result } from './job.ts';
import { pacedStreams } from './paced-streams.ts';
import { turns } from './turns.ts';

const tell = (message: FromLoad) => process.send!(message);
let begin: () => void = () => {};

process.on('message', (message: { job: Job } | { go: true }) => {
  if ('go' in message) begin();
  else void serve(message.job);
});

/** Opens the connections, says so, and begins when told, so that opening them is nobody's work. */
async function serve(job: Job): Promise<void> {
  let connections: Connection[] = [];
  try {
    const result = await new Promise<Result>((resolve, reject) => {
      openAll(portsOf(job), reject).then((opened) => {
        connections = opened;
        begin = () => void run(job, opened).then(resolve, reject);
        tell({ ready: true });
      }, reject);
    });
    tell({ result });
  } catch (reason) {
    tell({ problem: (reason as Error).message });
  }
  for (const connection of connections) connection.close();
}

function portsOf(job: Job): number[] {
  if (job.plan === 'turns') return job.targets.map(({ port }) => port);
  const count = job.plan === 'closed loop' ? job.connections : job.streams;
  return Array.from({ length: count }, () => job.target.port);
}

function run(job: Job, connections: readonly Connection[]): Promise<Result> {
  if (job.plan === 'turns') return turns(job, connections);
  if (job.plan === 'closed loop') return closedLoop(job, connections);
  return pacedStreams(job, connections);
}
