import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PiecesRedactor, Redactor } from '../../src/core/redactor.ts';

const SECRET = 'sk-0123456789/abcdef+0123456789';

it.each([
  ['as it is', `Bad key: ${SECRET}.`],
  ['in JSON within JSON', JSON.stringify(JSON.stringify({ key: SECRET }))],
  ['in an address', `https://x.example/?key=${encodeURIComponent(SECRET)}`],
  ['in escapes of JSON', `{"key": "${escapesOf(SECRET)}"}`],
  [
    'in some escapes, of JSON within JSON',
    JSON.stringify(`{"key": "sk-0${escapesOf(SECRET.slice(4, 9))}${SECRET.slice(9)}"}`),
  ],
  ['in escapes whose backslashes are escaped', `"${escapesOf(SECRET).replaceAll('\\', '\\u005c')}"`],
  [
    'in escapes of JSON within JSON, backslashes and all',
    JSON.stringify(escapesOf(SECRET).replaceAll('\\', '\\u005c\\u005C')),
  ],
  ['in JSON with slashes escaped', `"${SECRET.replaceAll('/', '\\/')}"`],
  ['in an address, each byte in percents', Buffer.from(SECRET).toString('hex').replace(/../g, '%$&')],
  ['in hexadecimal', Buffer.from(SECRET).toString('hex')],
  ['in hexadecimal', Buffer.from(SECRET).toString('hex').toUpperCase()],
  ['in base64', Buffer.from(SECRET).toString('base64')],
  ['in base64 behind a user name', Buffer.from(`user:${SECRET}`).toString('base64')],
  ['in base64 of addresses', Buffer.from(`{"k":"${SECRET}"}`).toString('base64url')],
])('a secret does not leave %s', (_how, text) => {
  const redacted = new Redactor([SECRET]).redact(text);
  expect(redacted).toContain('[redacted]');
  expect(redacted).not.toContain(SECRET.slice(5, 20));
});

it('of two secrets that begin alike neither leaves its end', () => {
  const redactor = new Redactor([SECRET, `${SECRET}-of-another`]);
  expect(redactor.redact(`${SECRET}-of-another and ${SECRET}`)).toBe('[redacted] and [redacted]');
});

it('each line of a secret with line breaks is one', () => {
  expect(new Redactor(['firsthalf012\nsecondhalf012']).redact('firsthalf012, secondhalf012')).toBe(
    '[redacted], [redacted]',
  );
});

it('texts without a secret stay as they are, and nothing short or empty is one', () => {
  const redactor = new Redactor([SECRET, '', undefined, 'none', '  ']);
  expect(redactor.redact('none of it is a secret')).toBe('none of it is a secret');
  expect(new Redactor([]).redact('a')).toBe('a');
});

it('a single word, as stands where a local server wants some key, is none', () => {
  expect(new Redactor(['anything', 'simulated']).redact('anything is simulated')).toBe(
    'anything is simulated',
  );
});

it('whatever stands around it, base64 does not hide it', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      const text = Buffer.from(before + SECRET + after).toString('base64');
      expect(new Redactor([SECRET]).redact(text)).toContain('[redacted]');
    }),
  );
});

it('however a text is cut into pieces, its secrets do not leave, and all else does', () => {
  const redactor = new Redactor([SECRET, 'another-secret-of-ours']);
  const words = fc.constantFrom(
    'a ',
    'sk-01',
    SECRET.slice(0, 20),
    SECRET,
    'another-secret-of-ours',
    'anoth',
    SECRET.slice(6),
    escapesOf(SECRET),
    escapesOf(SECRET.slice(0, 9)) + SECRET.slice(9),
    escapesOf(SECRET).replaceAll('\\', '\\u005c'),
    String.raw`\u0073\u006b`,
    '\\',
  );
  const encoded = Buffer.from(`user:${SECRET}`).toString('base64');
  fc.assert(
    fc.property(
      fc.array(fc.oneof(words, fc.constant(encoded), fc.string())),
      fc.array(fc.nat(30)),
      (parts, sizes) => {
        const text = parts.join('');
        const pieces = new PiecesRedactor(redactor);
        let rest = text;
        let seen = '';
        for (const size of sizes) {
          seen += pieces.add(rest.slice(0, size));
          rest = rest.slice(size);
        }
        seen += pieces.add(rest) + pieces.end();
        for (const secret of [SECRET, 'another-secret-of-ours', escapesOf(SECRET.slice(6))])
          expect(seen).not.toContain(secret);
        // The beginning of a secret may have gone on before it was known for one.
        const plain = (clean: string) => clean.replace(/\S*\[redacted\]/g, '*');
        expect(plain(seen)).toBe(plain(redactor.redact(text)));
      },
    ),
    { numRuns: 2_000 },
  );
});

it('a piece that begins no secret goes on at once', () => {
  const pieces = new PiecesRedactor(new Redactor([SECRET]));
  expect(['It is s', 'k-', 'ipping', ' along'].map((piece) => pieces.add(piece))).toEqual([
    'It is s',
    'k-',
    'ipping',
    ' along',
  ]);
});

it('what escapes of JSON spell besides stays as it was', () => {
  const text = String.raw`{"a": "\u0073k-\u0022 \\u0041 \u003cb\u003e", "key": "${escapesOf(SECRET)}"}`;
  const redacted = new Redactor([SECRET]).redact(text);
  expect(redacted).toBe(String.raw`{"a": "\u0073k-\u0022 \\u0041 \u003cb\u003e", "key": "[redacted]"}`);
});

function escapesOf(text: string): string {
  return [...text].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}
