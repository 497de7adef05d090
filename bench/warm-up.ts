/** Until the compilers of every peer have seen enough: a number of requests, not a time, as peers differ in speed. */
import type { Question } from './load/job.ts';
import type { LoadGenerator } from './load-generator.ts';
import type { Peer } from './stage.ts';

const REQUESTS = 20_000;
const MAX_SECONDS = 20;
const warm = new Set<string>();

/** @param requests fewer for streams, whose frames are what warms. @throws {Error} when the peer cannot answer */
export async function warmUp(
  load: LoadGenerator,
  peer: Peer,
  question: Question,
  requests = REQUESTS,
): Promise<void> {
  const { path, form } = peer.target;
  const key = JSON.stringify([peer.name, path, form, question]);
  if (warm.has(key)) return;
  // The first hit is a miss, so what the cache says is not checked yet.
  const asked = { ...question, cache: undefined };
  const job = { plan: 'closed loop', target: peer.target, connections: 32, seconds: MAX_SECONDS } as const;
  await load.run({ ...job, question: asked, requests });
  warm.add(key);
}
