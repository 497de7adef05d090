import { expect, it } from 'vitest';
import { TokenCounter } from '../../src/pricing/token-counter.ts';

function makeCounter() {
  const counter = new TokenCounter(60_000);
  return async (answer: string) => {
    const request = { messages: [{ role: 'user' as const, content: 'hi' }], stream: false };
    return (await counter.estimate(request, answer, 'gpt-5')).completion_tokens;
  };
}

it('a short text is counted before long ones that were asked first', async () => {
  const count = makeCounter();
  await count('warm');
  const order: string[] = [];
  const long = Array.from({ length: 5 }, () =>
    count('lorem ipsum '.repeat(30_000)).then(() => order.push('long')),
  );
  await count('hello').then(() => order.push('short'));
  await Promise.all(long);
  expect(order[0]).toBe('short');
});

it('a text of megabytes is counted by samples from all over it', async () => {
  const count = makeCounter();
  const [short, long] = [
    await count('lorem ipsum '.repeat(10_000)),
    await count('lorem ipsum '.repeat(400_000)),
  ];
  expect(long / short).toBeGreaterThan(39);
  expect(long / short).toBeLessThan(41);
});
