/**
 * Whole servers of ours in one process, each observed in another way: they share compilers, heap and core, so that what is left
 * between them is what observing costs. A message says how many milliseconds of each tenth of a second a thread that is
 * none of theirs works beside them. `node servers/observed.ts '[{ "port": …, "upstream": …, "environment": … }]'`
 */
import { Worker } from 'node:worker_threads';
import { pino } from 'pino';
import { startServer } from '../../src/server.ts';
import { type OurOptions, ourEnvironment } from '../ours.ts';
import { temporaryFolder } from '../temporary-folder.ts';

// As the server's own log leaves: lines together.
const log = pino(pino.destination({ dest: '/dev/null', sync: true, minLength: 8_192 }));
const servers = JSON.parse(process.argv[2]!) as OurOptions[];
for (const options of servers) await startServer(ourEnvironment(options, temporaryFolder()), () => log);

const neighbour = new Worker(new URL('neighbour.ts', import.meta.url));
process.on('message', (milliseconds) => neighbour.postMessage(milliseconds));
