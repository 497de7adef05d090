/** The dashboard and the alert rules ask for metrics that the server has. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startGateway } from '../helpers/gateway.ts';
import { type Metric, parsePrometheusText } from '../helpers/prometheus-text.ts';

const RULES = 'deploy/prometheus/alerts.yaml';
const { groups } = parse(readFileSync(RULES, 'utf8')) as {
  groups: { rules: { alert: string; expr: string; labels: object; annotations: { summary: string } }[] }[];
};
const rules = groups.flatMap((group) => group.rules);

interface Panel {
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}
const { panels } = JSON.parse(readFileSync('deploy/grafana/codellama-server.json', 'utf8')) as {
  panels: Panel[];
};

/** Metrics of a server at which everything has happened that has a series of its own. */
async function allMetrics(): Promise<Map<string, Metric>> {
  const gateway = await startGateway({ RETRIES: '1', ALLOWED_FAILURES: '1', CACHE_TTL: '0' });
  gateway.simulator.script('together', '500');
  await gateway.stream({ prompt: 'a retry' });
  gateway.simulator.script('together', 'cut:5');
  await gateway.stream({ prompt: 'a rescue' });
  await gateway.ask({ prompt: '' });
  return parsePrometheusText(await (await fetch(`${gateway.url}/metrics`)).text());
}

/** The metrics that an expression asks for. */
function namesIn(expression: string): string[] {
  return [...expression.matchAll(/\bcodellama_[a-z0-9_]+/g)].map(([name]) => name);
}

it('every metric that an alert or a panel asks for is there', async () => {
  const metrics = await allMetrics();
  const known = new Set([...metrics].flatMap(([name, { type }]) => namesOf(name, type)));
  const asked: [string, string][] = [
    ...rules.map(({ alert, expr }): [string, string] => [alert, expr]),
    ...panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }): [string, string] => [title, expr]),
    ),
  ];
  expect(asked.length).toBeGreaterThan(40);
  const missing = asked.flatMap(([who, expression]) =>
    namesIn(expression).flatMap((name) => (known.has(name) ? [] : [`${who}: ${name}`])),
  );
  expect(missing).toEqual([]);
});

function namesOf(name: string, type: string): string[] {
  return type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name];
}

it('panels stand beside each other and not on each other', () => {
  for (const [index, { title, gridPos: one }] of panels.entries()) {
    const on = panels
      .slice(index + 1)
      .filter(
        ({ gridPos: other }) =>
          one.x < other.x + other.w &&
          other.x < one.x + one.w &&
          one.y < other.y + other.h &&
          other.y < one.y + one.h,
      );
    expect([title, on.map((panel) => panel.title)]).toEqual([title, []]);
    expect(one.x + one.w).toBeLessThanOrEqual(24);
  }
});

it('every rule says how bad it is and what has happened', () => {
  for (const { labels, annotations } of rules) {
    expect(labels).toEqual({ severity: expect.stringMatching(/^(?:warning|critical)$/) });
    expect(annotations.summary).not.toBe('');
  }
});

const promtool = promisify(execFile);
const isInstalled = await promtool('promtool', ['--version']).then(
  () => true,
  () => false,
);

describe.runIf(isInstalled)('promtool', () => {
  it('takes the rules, and they fire when they should', async () => {
    const { stdout } = await promtool('promtool', ['check', 'rules', RULES]);
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
    await promtool('promtool', ['test', 'rules', 'deploy/prometheus/alerts.test.yaml']);
  });

  it('finds nothing to say of the metrics', async () => {
    const gateway = await startGateway();
    await gateway.ask({ prompt: 'hello' });
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    const checking = promtool('promtool', ['check', 'metrics']);
    checking.child.stdin!.end(text);
    expect(await checking).toEqual({ stdout: '', stderr: '' });
  });
});
