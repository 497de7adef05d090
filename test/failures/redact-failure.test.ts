import { expect, it } from 'vitest';
import { Redactor } from '../../src/core/redactor.ts';
import { redactFailure } from '../../src/failures/redact-failure.ts';
import { UpstreamFailure } from '../../src/failures/upstream-failure.ts';

const SECRET = 'plain-words-that-are-the-key-0123456789';
const redactor = new Redactor([SECRET]);
const facts = (error: unknown) => (error as UpstreamFailure).facts;

it('a secret leaves every text of a failure, its headers and its cause', () => {
  const base64 = Buffer.from(`user:${SECRET}`).toString('base64');
  const cause = new Error(`invalid header value "Bearer ${SECRET}"`);
  const error = new UpstreamFailure(
    {
      message: `no: ${SECRET}`,
      reason: SECRET,
      body: base64,
      headers: { 'x-echo': SECRET },
      codes: [SECRET],
    },
    { cause },
  );
  const clean = redactFailure(error, redactor) as UpstreamFailure;
  const said = JSON.stringify([clean.facts, clean.message, clean.stack, (clean.cause as Error).stack]);
  expect(said).not.toContain(SECRET);
  expect(said).not.toContain(base64.slice(8, 40));
});

it('a quotation that was cut in the middle of a secret keeps no half of it', () => {
  const reason = `${'x'.repeat(480)}${SECRET} and more`;
  const error = new UpstreamFailure({ message: `openai refused: ${reason.slice(0, 500)}`, reason });
  const { message, reason: cleanReason } = facts(redactFailure(error, redactor));
  expect(message).not.toContain('plain-words');
  expect(message).toBe(`openai refused: ${cleanReason!.slice(0, 500)}`);
});

it('an error that is no failure of a provider stays as it is', () => {
  const error = new TypeError('a fault of ours');
  expect(redactFailure(error, redactor)).toBe(error);
});
