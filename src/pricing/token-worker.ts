/** Runs tiktoken in a thread of its own: loading it takes 0.2 s and counting is synchronous, neither may hold a stream. */
import { parentPort } from 'node:worker_threads';
import type { Tiktoken, TiktokenEncoding } from 'tiktoken';

/** Characters encoded at once: tiktoken takes quadratic time on long runs of one character. */
const SLICE = 1_000;

const encodings = new Map<TiktokenEncoding, Tiktoken>();

async function encoder(name: TiktokenEncoding): Promise<Tiktoken> {
  let found = encodings.get(name);
  if (!found) {
    const { get_encoding: getEncoding } = await import('tiktoken');
    found = getEncoding(name);
    encodings.set(name, found);
  }
  return found;
}

interface Question {
  readonly id: number;
  readonly encoding: TiktokenEncoding;
  readonly texts: readonly string[];
}

/** A question that is being answered: the place up to which its texts are counted. */
interface Counting {
  readonly id: number;
  readonly encoding: Tiktoken;
  readonly texts: readonly string[];
  readonly counts: number[];
  start: number;
}

/** In turn, a slice of each: a short text never waits for a long one that came before it. */
const waiting: Counting[] = [];

parentPort?.on('message', async ({ id, encoding, texts }: Question) => {
  waiting.push({ id, encoding: await encoder(encoding), texts, counts: [0], start: 0 });
  if (waiting.length === 1) setImmediate(countNext);
});

function countNext(): void {
  const counting = waiting[0]!;
  countSlice(counting);
  waiting.shift();
  if (counting.counts.length <= counting.texts.length) waiting.push(counting);
  else parentPort?.postMessage({ id: counting.id, counts: counting.counts.slice(0, -1) });
  if (waiting.length > 0) setImmediate(countNext);
}

/** A cut between two slices may split a token in two, so the sum is at most one too high per slice. */
function countSlice(counting: Counting): void {
  const { encoding, texts, counts, start } = counting;
  const at = counts.length - 1;
  const text = texts[at]!;
  const slice = text.slice(start, start + SLICE);
  // `encode` throws on texts such as `<|endoftext|>`; `encode_ordinary` takes them for what they are.
  counts[at]! += encoding.encode_ordinary(slice).length;
  counting.start += SLICE;
  if (counting.start < text.length) return;
  counting.start = 0;
  counts.push(0);
}
