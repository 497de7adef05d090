/** From spawn to the first 200 of the readiness route, and the memory two seconds later; in demo mode, as a newcomer. */
import { residentMemory } from '../cpu.ts';
import type { Options } from '../options.ts';
import { startCommand } from '../ours.ts';
import { SERVER_CORE, start, untilAnswers } from '../processes.ts';
import type { Row } from '../report.ts';
import { PORTS } from '../stage.ts';
import { spread } from '../statistics.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const STARTS = 7;

export async function measureStart({ against }: Options): Promise<Row[]> {
  const ours = await measure('ours', startCommand(), { ready: 400, memory: 110 });
  return against ? [...ours, ...(await measure('other checkout', startCommand(against)))] : ours;
}

async function measure(
  name: string,
  { file, flags }: ReturnType<typeof startCommand>,
  limits?: { ready: number; memory: number },
): Promise<Row[]> {
  const ready: number[] = [];
  const memory: number[] = [];
  for (let round = 0; round <= STARTS; round++) {
    const environment = { PORT: String(PORTS.ours), HOST: '127.0.0.1', LOG_FORMAT: 'json' };
    const cwd = temporaryFolder();
    const server = start(file, [], { core: SERVER_CORE, environment, cwd, nodeOptions: flags });
    const milliseconds = await untilAnswers(`http://127.0.0.1:${PORTS.ours}/health/ready`, true);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    // The first start fills the compile cache.
    if (round > 0) {
      ready.push(milliseconds);
      memory.push(residentMemory(server.pid));
    }
    await server.stop();
  }
  return [
    {
      what: `start to ready: ${name}`,
      unit: 'ms',
      value: spread(ready),
      target: limits && { limit: limits.ready },
    },
    {
      what: `idle RSS: ${name}`,
      unit: 'MB',
      value: spread(memory),
      target: limits && { limit: limits.memory },
    },
  ];
}
