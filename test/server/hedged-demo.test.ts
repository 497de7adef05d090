import { expect, it } from 'vitest';
import { startBareGateway } from '../helpers/gateway.ts';

const question = { prompt: 'hello', model: 'hedged' };

it('demo mode has a chain on which a hedge can be seen', async () => {
  const { stream } = await startBareGateway();
  const { headers, done } = await stream(question, { 'x-simulate': 'together=hang:20000' });
  expect(done).toBe(true);
  expect(headers['x-attempts']).toMatch(/^together\/[^;]*=hedge_lost\([^;]*; openai\/gpt-4=ok\(200/);
});

it('and still has it when the configuration was read again', async () => {
  const { post, reload, log } = await startBareGateway();
  await reload();
  expect((await post(question)).status).toBe(200);
  expect(log.filter(({ msg }) => msg === 'the configuration has changed')).toEqual([]);
});
