/** A CPU profile as two tables: microseconds for each request or frame, by file and by function. */
import { readFileSync } from 'node:fs';

interface Profile {
  readonly nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number };
  }[];
  readonly samples: number[];
  readonly timeDeltas: number[];
}

export function printProfile(file: string, given: { count: number; unit: string; top: number }): void {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const functions = new Map<string, number>();
  const files = new Map<string, number>();
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    const { functionName, url, lineNumber } = byId.get(id)!;
    // The inspector only serves the profile itself.
    if (functionName === '(idle)' || functionName === '(program)' || url === 'node:inspector') continue;
    const microseconds = timeDeltas[index]!;
    busy += microseconds;
    const place = placeOf(url);
    add(functions, `${functionName || '(anonymous)'}  ${place}:${lineNumber + 1}`, microseconds);
    add(files, place, microseconds);
  }
  const print = (title: string, sums: ReadonlyMap<string, number>) => {
    console.log(`\nµs each, ${title}`);
    const sorted = [...sums].sort(([, one], [, other]) => other - one).slice(0, given.top);
    for (const [name, sum] of sorted) console.log(`${(sum / given.count).toFixed(2).padStart(8)}  ${name}`);
  };
  console.log(`${given.count} ${given.unit}, ${(busy / given.count).toFixed(1)} µs each in JavaScript`);
  print('by file', files);
  print('by function', functions);
  console.log(`\n${file}`);
}

function add(sums: Map<string, number>, key: string, microseconds: number): void {
  sums.set(key, (sums.get(key) ?? 0) + microseconds);
}

function placeOf(url: string): string {
  if (url === '') return '(native)';
  if (url.startsWith('node:')) return url;
  return url.replace(/^.*\/node_modules\//, '').replace(/^.*\/(?=src\/)/, '');
}
