import type { ServerResponse } from 'node:http';
import { isTurnOver, turnForLargeWork } from '../core/large-work.ts';
import { textPieces } from '../core/text-pieces.ts';
import { drained } from './drained.ts';

/** Characters of one write: of each write Node and the kernel make copies. */
const PIECE = 64 * 1024;

/** Writes long texts, or a text that is still being made, no faster than their reader takes them and while others are served. Stops where the reader has left. */
export async function writeInTurns(response: ServerResponse, texts: Iterable<string>): Promise<void> {
  for (const piece of evenPieces(texts)) {
    if (!response.write(piece)) await drained(response);
    if (response.destroyed) return;
    if (isTurnOver()) await turnForLargeWork();
  }
}

/** Short texts together, and long ones cut; a long one is not joined to others, which would copy it. */
function* evenPieces(texts: Iterable<string>): Generator<string> {
  let short = '';
  for (const text of texts) {
    if (short && short.length + text.length > PIECE) {
      yield short;
      short = '';
    }
    if (text.length > PIECE) yield* textPieces(text, PIECE);
    else short += text;
  }
  if (short) yield short;
}
