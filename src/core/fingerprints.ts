/**
 * What tells the parts of one conversation from each other: a checksum of each, in the order in which providers read them
 * (tools, system prompt, turns). A label for people, made of a part of the bytes of long turns; nothing is decided by it.
 */
import { crc32 } from 'node:zlib';
import { rawBodyOf } from './raw-body.ts';

/** By door: what stands before the turns, and where the turns are. */
const BEFORE = ['tools', 'system', 'instructions'];
const TURNS = ['messages', 'input'];

/** Bytes of a turn that are looked at at most, beside its length: long results of tools change as a whole. */
const SAMPLES = 32;

/** @returns the checksums, those of what stands before the turns first; nothing where the bytes were not kept */
export function fingerprintsOf(source: object | undefined): number[] | undefined {
  const raw = rawBodyOf(source);
  if (!raw) return undefined;
  const { bytes, fields } = raw;
  const prints = BEFORE.map((name) => {
    const field = fields.get(name);
    return field ? crc32(bytes.subarray(field.start, field.end)) : 0;
  });
  for (const name of TURNS) {
    const turns = fields.get(name)?.items;
    for (let turn = 0; turn < (turns?.length ?? 0); turn++)
      prints.push(sampled(bytes, turns!.startOf(turn), turns!.endOf(turn)));
  }
  return prints;
}

/** FNV-1a of the length and of bytes that lie evenly. */
function sampled(bytes: Buffer, start: number, end: number): number {
  let hash = Math.imul(0x811c9dc5 ^ (end - start), 0x01000193);
  const step = Math.ceil((end - start) / SAMPLES);
  for (let at = start; at < end; at += step) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash >>> 0;
}
