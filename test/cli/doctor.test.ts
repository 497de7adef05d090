/** `npm run doctor`: what it says of models that are well, retired, refused, out of credit or about to go. */
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Environment } from '../../src/config/environment.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { pointedAt } from '../helpers/gateway.ts';
import { BARE_ENVIRONMENT } from '../helpers/process.ts';
import { startRawUpstream } from '../helpers/raw-upstream.ts';

interface Finding {
  readonly model: string;
  readonly state: string;
  readonly detail: string;
  readonly fine: boolean;
}

async function examine(environment: Environment, ...args: string[]) {
  return new Promise<{ code: number; findings: Finding[]; errors: string }>((done) => {
    const options = {
      cwd: mkdtempSync(join(tmpdir(), 'codellama-')),
      env: { ...BARE_ENVIRONMENT, ...environment },
    };
    const script = resolve('src/cli/doctor.ts');
    execFile(process.execPath, [script, '--json', ...args], options, (error, output, errors) => {
      const findings = output
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Finding);
      done({ code: (error?.code as number | undefined) ?? 0, findings, errors });
    });
  });
}

async function simulated() {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.close());
  return { simulator, environment: pointedAt(simulator) };
}

it('all is well', async () => {
  const { environment, simulator } = await simulated();
  const { code, findings } = await examine(environment);
  expect(findings.map(({ model, state }) => [model, state])).toEqual([
    ['codellama', 'live'],
    ['gpt-4', 'live'],
    ['claude-2', 'live'],
  ]);
  expect(code).toBe(0);
  expect(simulator.calls.every(({ method }) => method === 'GET')).toBe(true);
});

it('a model that is gone is well when its successor is', async () => {
  const { environment, simulator } = await simulated();
  simulator.script('together', 'gone');
  const { code, findings } = await examine(environment, '--call');
  expect(findings[0]).toMatchObject({ model: 'codellama', state: 'retired', fine: true });
  expect(findings[1]).toMatchObject({ model: 'codellama (successor)', state: 'live' });
  expect(code).toBe(0);
});

it('no credit and a refused key are told apart, and end with 1', async () => {
  const { environment, simulator } = await simulated();
  simulator.always('openai', 'quota');
  simulator.always('anthropic', 'bad_key');
  const { code, findings } = await examine(environment, '--call');
  expect(findings.map(({ state, fine }) => [state, fine])).toEqual([
    ['live', true],
    ['no credit', false],
    ['unauthorised', false],
  ]);
  expect(code).toBe(1);
});

it('says when a provider will switch a model off', async () => {
  const list = { object: 'list', data: [{ id: 'gpt-4', object: 'model', shutdown_date: 1_798_761_600 }] };
  const upstream = await startRawUpstream({ body: JSON.stringify(list) });
  const { findings } = await examine({ OPENAI_API_KEY: 'sk-1234567890', OPENAI_BASE_URL: upstream.url });
  expect(findings[0]).toMatchObject({ state: 'live', detail: 'its provider switches it off on 2027-01-01' });
  expect(upstream.requests[0]).toMatchObject({ method: 'GET', path: '/v1/models' });
});

it('without any key there is nothing to examine', async () => {
  expect((await examine({})).code).toBe(1);
});

describe('--alert', () => {
  it('sends a test alert to the webhook, and says that it was taken', async () => {
    const webhook = await startRawUpstream({ body: 'ok' });
    const { code } = await examine({ ALERT_WEBHOOK_URL: webhook.url }, '--alert');
    expect(code).toBe(0);
    expect(webhook.requests).toMatchObject([{ body: { kind: 'test', title: 'This is a test' } }]);
  });

  it('waits and sends it again where the webhook is busy, and says so', async () => {
    const webhook = await startRawUpstream({ status: 500, body: '' }, { body: 'ok' });
    const { code, errors } = await examine({ ALERT_WEBHOOK_URL: webhook.url }, '--alert');
    expect(errors).toContain('not taken yet: it answered 500');
    expect(code).toBe(0);
    expect(webhook.requests).toHaveLength(2);
  });

  it('ends with 1 when there is no webhook, or it does not take the alert', async () => {
    const webhook = await startRawUpstream({ status: 404, body: '' });
    expect((await examine({}, '--alert')).code).toBe(1);
    expect((await examine({ ALERT_WEBHOOK_URL: webhook.url }, '--alert')).code).toBe(1);
  });
});
