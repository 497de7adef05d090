import { expect, it } from 'vitest';
import { startBareGateway } from '../helpers/gateway.ts';

it('demo mode has a chain on which a hedge can be seen', async () => {
  const { stream } = await startBareGateway();
  const { headers, done } = await stream(
    { prompt: 'hello', model: 'hedged' },
    { 'x-simulate': 'together=hang:20000' },
  );
  expect(done).toBe(true);
  expect(headers['x-attempts']).toMatch(/^together\/[^;]*=hedge_lost\([^;]*; openai\/gpt-4=ok\(200/);
});
