/** What is known of targets outlives the process, and is felt by the other instances. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectRedis } from '../../src/redis/connection.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { temporaryFolder } from '../helpers/databases.ts';
import { eventually } from '../helpers/eventually.ts';
import { attemptsOf, pointedAt, startBareGateway } from '../helpers/gateway.ts';
import { startProcess } from '../helpers/process.ts';

it('a model that is gone is remembered across a kill -9', async () => {
  const simulator = await startSimulator();
  const path = join(temporaryFolder(), 'ledger.db');
  const environment = { ...pointedAt(simulator), DATABASE_URL: `sqlite:${path}`, CACHE_TTL: '0' };
  const ask = async (url: string) => {
    const response = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: 'hello' }),
    });
    return response.headers.get('x-attempts');
  };
  const first = await startProcess(environment);
  simulator.script('together', 'gone');
  expect(await ask(first.url)).toMatch(/CodeLlama-34b-Instruct=model_gone.*GLM-5.3=ok/);
  // No caller waits for the database to have it.
  const file = new DatabaseSync(path, { readOnly: true });
  await eventually(() => expect(file.prepare('SELECT * FROM cooldowns').all()).toHaveLength(1));
  file.close();
  first.signal('SIGKILL');
  await first.exited;
  const second = await startProcess(environment);
  expect(await ask(second.url)).toMatch(/^together\/zai-org\/GLM-5.3=ok\([^;]*$/);
  await simulator.close();
});

const { TEST_REDIS_URL } = process.env;

const instanceOf = (simulator: Simulator) => ({
  ...pointedAt(simulator),
  // A key of its own, as rests go by it.
  TOGETHER_API_KEY: `key-${Math.random()}`,
  REDIS_URL: TEST_REDIS_URL,
  CACHE_TTL: '0',
});

describe.runIf(TEST_REDIS_URL)('with Redis', () => {
  it('a target that rests in one instance rests in the other, also in one that starts later', async () => {
    const simulator = await startSimulator();
    const environment = instanceOf(simulator);
    const [one, other] = [await startBareGateway(environment), await startBareGateway(environment)];
    simulator.script('together', '429:60');
    await one.ask({ prompt: 'hello' });
    await eventually(async () =>
      expect((await other.ask({ prompt: 'hello' })).headers['x-attempts']).toMatch(/^together.*=cooling/),
    );
    const later = await startBareGateway(environment);
    expect((await later.ask({ prompt: 'hello' })).headers['x-attempts']).toMatch(/^together.*=cooling/);
    await simulator.close();
  });

  it('what is no cooldown of ours keeps no target from anybody', async () => {
    const simulator = await startSimulator();
    const environment = { ...instanceOf(simulator), COOLDOWN: '1s' };
    const redis = await connectRedis(TEST_REDIS_URL!, () => {});
    const places: string[] = [];
    const listener = redis.duplicate();
    await listener.connect();
    onTestFinished(() => [listener, redis].forEach((one) => void one.destroy()));
    await listener.subscribe('cl:cooldowns', (message) => places.push(JSON.parse(message).place));
    const one = await startBareGateway(environment);
    simulator.script('together', '429');
    await one.ask({ prompt: 'hello' });
    await eventually(() => expect(places).toHaveLength(1));
    await redis.del(`cl:cooldowns:${places[0]}`);
    const other = await startBareGateway(environment);
    const told = { place: places[0], until: Date.now() + 1e12, because: 'nobody knows' };
    await redis.publish('cl:cooldowns', JSON.stringify(told));
    await eventually(() => expect(places).toHaveLength(2));
    expect(attemptsOf(await other.ask({ prompt: 'hello' }))).toEqual(['together ok 200']);
    await simulator.close();
  });

  it('an answer of one instance is a hit in the other', async () => {
    const simulator = await startSimulator();
    const environment = { ...pointedAt(simulator), REDIS_URL: TEST_REDIS_URL };
    const [one, other] = [await startBareGateway(environment), await startBareGateway(environment)];
    const question = { prompt: `hello ${Math.random()}` };
    const { body } = await one.ask(question);
    await eventually(async () => {
      const hit = await other.ask(question);
      expect(hit.headers['x-cache']).toBe('hit');
      expect(hit.body).toEqual(body);
    });
    expect((await other.stream(question)).headers['x-cache']).toBe('hit');
    await simulator.close();
  });
});
