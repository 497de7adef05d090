import { expect, it } from 'vitest';
import { UpstreamFailure } from '../../src/failures/upstream-failure.ts';
import { redactFailure } from '../../src/routing/redact-failure.ts';
import { makeTarget } from '../helpers/targets.ts';

const KEY = 'sk-0123456789abcdef0123456789abcdef';

it('the key of the target is in no fact of its failure, whatever form it has there', () => {
  const target = { ...makeTarget('together'), apiKey: KEY, headers: { 'x-gateway': 'token-of-the-gateway' } };
  const encoded = Buffer.from(`user:${KEY}`).toString('base64');
  const failure = redactFailure(
    new UpstreamFailure({
      message: `refused: Bearer ${KEY}`,
      status: 401,
      body: JSON.stringify({ sent: encoded, header: 'token-of-the-gateway' }),
    }),
    target,
  ) as UpstreamFailure;
  expect(failure.message).toBe('refused: Bearer [redacted]');
  expect(failure.facts.status).toBe(401);
  expect(JSON.stringify(failure.facts)).not.toMatch(/0123456789|token-of-the-gateway|c2stMDEyMzQ1Njc4OWFi/);
});

it('what is no failure of a provider stays as it is', () => {
  const error = new Error('a fault of ours');
  expect(redactFailure(error, makeTarget('together'))).toBe(error);
});
