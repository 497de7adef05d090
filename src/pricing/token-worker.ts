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

/** A cut between two slices may split a token in two, so the sum is at most one too high per slice. */
function count(encoding: Tiktoken, text: string): number {
  let tokens = 0;
  for (let start = 0; start < text.length; start += SLICE) {
    // `encode` throws on texts such as `<|endoftext|>`; `encode_ordinary` takes them for what they are.
    tokens += encoding.encode_ordinary(text.slice(start, start + SLICE)).length;
  }
  return tokens;
}

parentPort?.on(
  'message',
  async ({ id, encoding, texts }: { id: number; encoding: TiktokenEncoding; texts: string[] }) => {
    const found = await encoder(encoding);
    parentPort?.postMessage({ id, counts: texts.map((text) => count(found, text)) });
  },
);
