/** A profile as two tables: what each request or frame takes, by file and by function. */
import { readFileSync } from 'node:fs';

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

interface TimeProfile {
  readonly nodes: readonly { id: number; callFrame: Frame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface HeapNode {
  readonly callFrame: Frame;
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

/** What a function took by itself: microseconds or bytes. */
type Shares = Iterable<readonly [Frame, number]>;

export function printProfile(
  file: string,
  { kind, count, unit, top }: { kind: 'time' | 'allocations'; count: number; unit: string; top: number },
): void {
  const profile = JSON.parse(readFileSync(file, 'utf8'));
  const shares = kind === 'time' ? timeShares(profile) : heapShares(profile.head);
  const measure = kind === 'time' ? 'µs' : 'bytes';
  const functions = new Map<string, number>();
  const files = new Map<string, number>();
  let total = 0;
  for (const [{ functionName, url, lineNumber }, share] of shares) {
    // The inspector only serves the profile itself.
    if (functionName === '(idle)' || functionName === '(program)' || url === 'node:inspector') continue;
    const place = placeOf(url);
    total += share;
    add(functions, `${functionName || '(anonymous)'}  ${place}:${lineNumber + 1}`, share);
    add(files, place, share);
  }
  const print = (title: string, sums: ReadonlyMap<string, number>) => {
    console.log(`\n${measure} each, ${title}`);
    const sorted = [...sums].sort(([, one], [, other]) => other - one).slice(0, top);
    for (const [name, sum] of sorted) console.log(`${(sum / count).toFixed(2).padStart(9)}  ${name}`);
  };
  console.log(`${count} ${unit}, ${(total / count).toFixed(1)} ${measure} each in JavaScript`);
  print('by file', files);
  print('by function', functions);
  console.log(`\n${file}`);
}

function* timeShares({ nodes, samples, timeDeltas }: TimeProfile): Shares {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  for (const [index, id] of samples.entries()) yield [byId.get(id)!, timeDeltas[index]!];
}

function* heapShares({ callFrame, selfSize, children }: HeapNode): Shares {
  yield [callFrame, selfSize];
  for (const child of children) yield* heapShares(child);
}

function add(sums: Map<string, number>, key: string, share: number): void {
  sums.set(key, (sums.get(key) ?? 0) + share);
}

function placeOf(url: string): string {
  if (url === '') return '(native)';
  if (url.startsWith('node:')) return url;
  return url.replace(/^.*\/node_modules\//, '').replace(/^.*\/(?=src\/)/, '');
}
