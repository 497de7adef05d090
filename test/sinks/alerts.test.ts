/** Alerts: what each of them is told for, that it is told once, and that a webhook that is broken harms nobody. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BudgetUse } from '../../src/core/budget-use.ts';
import type { Claims } from '../../src/core/claims.ts';
import type { Happening } from '../../src/events/event.ts';
import { NO_PROXIES } from '../../src/providers/proxy.ts';
import { redisClaims } from '../../src/redis/claims.ts';
import { connectRedis } from '../../src/redis/connection.ts';
import type { Alert } from '../../src/sinks/alerts/alert.ts';
import { AlertRules, type Watched } from '../../src/sinks/alerts/alert-rules.ts';
import { type AlertSinkOptions, alertSink } from '../../src/sinks/alerts/alert-sink.ts';
import { callRecord } from '../helpers/call-record.ts';
import { eventually } from '../helpers/eventually.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { type RawReply, startRawUpstream } from '../helpers/raw-upstream.ts';

const REDIS_URL = process.env.TEST_REDIS_URL;
const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-26T12:00:00Z');

/** Rules over a server in which all is well, but for what the test says. */
function rulesOver(watched: Partial<Watched> = {}, errorRate = 0.1) {
  return new AlertRules({
    errorRate,
    watched: { chains: () => [], models: () => [], budgets: async () => [], ...watched },
  });
}

const at = (happening: Happening) => ({ ...happening, at: NOW });
const firing = (alerts: readonly Alert[]) =>
  alerts.filter(({ state }) => state === 'firing').map(({ title }) => title);

function settled(receipt: Parameters<typeof callRecord>[0]) {
  return at({ type: 'call_settled', record: callRecord(receipt) });
}

function attempt(target: string, kind: 'upstream_unauthorized' | 'upstream_quota' | 'model_gone') {
  const facts = { status: 401, note: undefined, started_ms: 0, first_token_ms: undefined, ended_ms: 1 };
  return { target, kind, ...facts };
}

describe('told of', () => {
  it('a provider that refuses our key, or says that there is no credit', () => {
    const attempts = [
      attempt('together/codellama', 'upstream_unauthorized'),
      attempt('openai/gpt-4', 'upstream_quota'),
    ];
    expect(firing(rulesOver().ofEvent(settled({ attempts })))).toEqual([
      'together refuses our key',
      'openai says that our account has no credit left',
    ]);
  });

  it('a configured model that is gone, and none that a caller made up', () => {
    const rules = rulesOver({
      models: () => [{ target: 'openai/gpt-4', retires: undefined, successor: undefined }],
    });
    const gone = (target: string) =>
      firing(rules.ofEvent(settled({ attempts: [attempt(target, 'model_gone')] })));
    expect(gone('openai/gpt-4')).toEqual(['openai/gpt-4 is gone, says its provider']);
    expect(gone('openai/made-up')).toEqual([]);
  });

  it('a model that will be retired within thirty days', async () => {
    const told = (retires: string, successor?: string) =>
      rulesOver({ models: () => [{ target: 'openai/gpt-4', retires, successor }] })
        .look(NOW)
        .then(firing);
    expect(await told('2026-12-20', 'openai/gpt-5')).toEqual(['openai/gpt-4 will be retired on 2026-12-20']);
    expect(await told('2027-03-01')).toEqual([]);
    // Its successor answers, as everybody knows by now.
    expect(await told('2026-10-23', 'openai/gpt-5')).toEqual([]);
  });

  it('a chain without a model that can be called', async () => {
    let usable = 0;
    const rules = rulesOver({ chains: () => [{ name: 'default', targets: 3, usable }] });
    expect(firing(await rules.look(NOW))).toEqual(['No model of the chain default can be called']);
    usable = 1;
    expect(firing(await rules.look(NOW))).toEqual([]);
  });

  it('a budget at 80 % and at 100 %, once its key was used', async () => {
    const use: BudgetUse = { id: 'key:1', label: 'key web', amount: 10, spent: 8.5, resetsAt: NOW + HOUR };
    let spent = 8.5;
    const rules = rulesOver({ budgets: async () => [{ ...use, spent }] });
    expect(await rules.look(NOW)).toEqual([]);
    rules.ofEvent(settled({ key_id: '1', hold_usd: 0.1 }));
    expect(firing(await rules.look(NOW))).toEqual(['80 % of the budget of key web is spent']);
    spent = 10;
    rules.ofEvent(settled({ key_id: '1', hold_usd: 0.1 }));
    expect(await rules.look(NOW)).toMatchObject([
      { title: 'The budget of key web is spent', detail: expect.stringContaining('$10.00 of $10.00') },
    ]);
  });

  it('more failures than may be, not counting those that callers make', async () => {
    const failed = settled({ error: { kind: 'no_target_available', message: '' } });
    const refused = settled({ error: { kind: 'upstream_bad_request', message: '' } });
    const share = async (failures: number, requests: number, event = failed) => {
      const rules = rulesOver();
      for (let number = 0; number < requests; number++)
        rules.ofEvent(number < failures ? event : settled({}));
      return firing(await rules.look(NOW));
    };
    expect(await share(5, 40)).toEqual(['13 % of all requests fail']);
    expect(await share(3, 40)).toEqual([]);
    expect(await share(40, 40, refused)).toEqual([]);
    // Too few to say.
    expect(await share(10, 10)).toEqual([]);
  });

  it('a ledger that cannot be written, and a store that is unavailable, until they are back', () => {
    const rules = rulesOver();
    const told = (happening: Happening) => rules.ofEvent(at(happening));
    expect(told({ type: 'ledger_failing', reason: 'ENOSPC' })).toMatchObject([
      { kind: 'ledger_failing', state: 'firing', detail: 'Rows wait in memory: ENOSPC' },
    ]);
    expect(told({ type: 'ledger_recovered' })).toMatchObject([{ state: 'resolved' }]);
    expect(told({ type: 'store_unavailable', store: 'redis', reason: 'ECONNREFUSED' })).toMatchObject([
      { title: 'Redis cannot be reached', state: 'firing' },
    ]);
  });
});

const OK: RawReply = { body: '{}' };

/** A sink over a ledger that fails and recovers as the test wants. */
async function sinkTo(replies: readonly RawReply[], options: Partial<AlertSinkOptions> = {}) {
  const webhook = await startRawUpstream(...replies);
  const clock = new ManualClock();
  const warnings: string[] = [];
  const sink = alertSink({
    url: `${webhook.url}/hook`,
    format: 'json',
    source: { host: 'gateway-1', version: '2.0.0' },
    rules: rulesOver(),
    repeatAfter: HOUR,
    proxies: NO_PROXIES,
    clock,
    warn: (message) => warnings.push(message),
    firstPause: 5,
    ...options,
  });
  const fail = () => sink.on([at({ type: 'ledger_failing', reason: 'ENOSPC' })]);
  const recover = () => sink.on([at({ type: 'ledger_recovered' })]);
  const until = (count: number) => eventually(() => expect(webhook.requests).toHaveLength(count));
  return { sink, webhook, clock, warnings, fail, recover, until };
}

describe('the webhook', () => {
  it('gets JSON that says what, where and how bad', async () => {
    const { fail, until, webhook } = await sinkTo([OK]);
    fail();
    await until(1);
    expect(webhook.requests[0]).toMatchObject({
      method: 'POST',
      path: '/hook',
      body: {
        source: 'codellama-server',
        host: 'gateway-1',
        version: '2.0.0',
        at: expect.stringMatching(/^\d{4}-/),
        kind: 'ledger_failing',
        subject: 'ledger',
        severity: 'critical',
        state: 'firing',
        title: 'The ledger cannot be written',
        detail: 'Rows wait in memory: ENOSPC',
      },
    });
  });

  it('gets Slack’s form, with what means something to Slack escaped', async () => {
    const { sink, until, webhook } = await sinkTo([OK], { format: 'slack' });
    sink.on([at({ type: 'ledger_failing', reason: '<!channel> & co' })]);
    await until(1);
    const text = JSON.stringify(webhook.requests[0]!.body);
    expect(text).toContain(':rotating_light: The ledger cannot be written');
    expect(text).toContain('&lt;!channel&gt; &amp; co');
  });

  it('is told once, again after a while, and when it is over', async () => {
    const { fail, recover, until, webhook, clock } = await sinkTo([OK]);
    recover();
    fail();
    fail();
    await until(1);
    clock.advance(HOUR + 1);
    fail();
    await until(2);
    recover();
    recover();
    await until(3);
    expect(webhook.requests.map(({ body }) => body.state)).toEqual(['firing', 'firing', 'resolved']);
  });

  it('hears of a budget once a period, however often its key is used', async () => {
    const use: BudgetUse = { id: 'key:1', label: 'key web', amount: 10, spent: 9, resetsAt: NOW + HOUR };
    const rules = rulesOver({ budgets: async () => [use] });
    const { sink, until, webhook, clock } = await sinkTo([OK], { rules, lookEvery: 5 });
    onTestFinished(() => sink.close!());
    const useIt = async () => {
      sink.on([settled({ key_id: '1', hold_usd: 0.1 })]);
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await useIt();
    await until(1);
    clock.advance(5 * HOUR);
    await useIt();
    expect(webhook.requests).toHaveLength(1);
  });

  it('is tried again after a 500 and a broken connection, and not after a 400', async () => {
    const { fail, until, warnings } = await sinkTo([
      { status: 500, body: '' },
      { body: '', ending: 'cut' },
      OK,
    ]);
    fail();
    await until(3);
    expect(warnings).toEqual([]);
    const refused = await sinkTo([{ status: 400, body: '' }]);
    refused.fail();
    await eventually(() => expect(refused.warnings).toHaveLength(1));
    expect(refused.warnings[0]).toContain('it answered 400');
    expect(refused.warnings[0]).not.toContain(refused.webhook.url);
    expect(refused.webhook.requests).toHaveLength(1);
  });

  it('that hangs holds nobody up, and what waits for it is bounded', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const { sink, warnings } = await sinkTo([OK], { url: `http://127.0.0.1:${port}` });
    onTestFinished(() => sink.close!());
    for (let number = 0; number < 500; number++)
      sink.on([settled({ attempts: [attempt(`provider-${number}/model`, 'upstream_unauthorized')] })]);
    expect(warnings.length).toBeGreaterThan(300);
    expect(warnings[0]).toContain('too many wait');
  });
});

describe.runIf(REDIS_URL)('of several processes', () => {
  it('one tells, and what is over is told once, too', async () => {
    const { one, other } = await twoProcesses();
    one.fail();
    other.fail();
    await eventually(() => expect(told(one, other)).toEqual(['firing']));
    one.recover();
    other.recover();
    await eventually(() => expect(told(one, other)).toEqual(['firing', 'resolved']));
    // What happens anew is told anew, whoever sees it.
    other.fail();
    await eventually(() => expect(told(one, other)).toEqual(['firing', 'firing', 'resolved']));
  });

  it('another tells of what one died over', async () => {
    const { claims, one, lease } = await twoProcesses();
    await claims.take(`ledger_failing ledger ${one.host}`, lease);
    one.fail();
    await eventually(() => expect(one.outcomes()).toContain('at work'));
    expect(one.webhook.requests).toHaveLength(0);
    await eventually(() => {
      one.clock.advance(lease);
      expect(one.webhook.requests).toHaveLength(1);
    });
  });

  it('one that dies while its webhook hangs leaves it to another, and one that lives does not', async () => {
    const { one, other, lease } = await twoProcesses({ body: '', ending: 'hang' });
    one.fail();
    await one.until(1);
    other.fail();
    await eventually(() => expect(other.outcomes()).toContain('at work'));
    // Longer than the claim is good for without being renewed.
    await new Promise((resolve) => setTimeout(resolve, 2 * lease));
    const before = other.outcomes().length;
    await eventually(() => {
      other.clock.advance(lease);
      expect(other.outcomes().length).toBeGreaterThan(before + 1);
    });
    expect(new Set(other.outcomes())).toEqual(new Set(['at work']));
    expect(other.webhook.requests).toHaveLength(0);
    // Its end gives the claim back.
    await one.sink.close!();
    await eventually(() => {
      other.clock.advance(lease);
      expect(other.webhook.requests).toHaveLength(1);
    });
  });

  it('a disk of another host is another matter', async () => {
    const { one, other } = await twoProcesses(OK, 'gateway-2');
    one.fail();
    other.fail();
    await one.until(1);
    await other.until(1);
  });
});

/** Two sinks that know each other by Redis; what each of them was answered when it wanted to tell is kept. */
async function twoProcesses(first: RawReply = OK, otherHost?: string) {
  const redis = await connectRedis(REDIS_URL!, () => {});
  onTestFinished(() => redis.destroy());
  const claims = redisClaims(redis);
  const lease = 400;
  const host = randomUUID();
  const start = async (reply: RawReply, itsHost: string) => {
    const answers: string[] = [];
    const watched: Claims = {
      ...claims,
      async take(name, milliseconds) {
        const answer = await claims.take(name, milliseconds);
        answers.push(answer.state);
        return answer;
      },
    };
    const source = { host: itsHost, version: '2.0.0' };
    const started = await sinkTo([reply, OK], { claims: watched, source, lease, lookEvery: 5 });
    onTestFinished(() => started.sink.close!());
    return { ...started, host: itsHost, outcomes: () => answers };
  };
  return {
    claims,
    lease,
    one: await start(first, host),
    other: await start(OK, otherHost ? `${host}-${otherHost}` : host),
  };
}

type Started = Awaited<ReturnType<typeof sinkTo>>;

/** States of all messages, in no order of time. */
function told(...sinks: readonly Started[]): string[] {
  const bodies = sinks.flatMap(({ webhook }) => webhook.requests.map(({ body }) => body));
  return bodies.map(({ state }) => state as string).sort();
}
