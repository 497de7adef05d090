/** Caller keys: long random words that are stored only as a keyed hash. */
import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'sk-cl-';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** 43 letters of 62 are 256 bits. */
const LENGTH = 43;

/** A new secret of a caller: the prefix and letters of 62 kinds, each as likely as any other. */
export function makeToken(): string {
  let letters = '';
  while (letters.length < LENGTH) {
    for (const byte of randomBytes(64)) {
      // Bytes past the last multiple of 62 would make some letters more likely.
      if (byte < 248 && letters.length < LENGTH) letters += ALPHABET[byte % 62];
    }
  }
  return PREFIX + letters;
}

/** True for what could be a key of ours, so that anything else need not be looked up. */
export function looksLikeToken(text: string): boolean {
  return /^sk-cl-[A-Za-z0-9]{43}$/.test(text);
}

/** @param pepper this installation's secret: a stolen table alone does not tell whether a guessed key is right */
export function hashToken(pepper: string, token: string): string {
  return createHmac('sha256', pepper).update(token).digest('base64url');
}
