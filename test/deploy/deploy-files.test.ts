/** The files in `deploy/` and beside it agree with the server: its port, its health paths, its time to drain, its names. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parseSettings, SETTING_NAMES } from '../../src/config/environment.ts';
import { MAX_CLOSING_TIME } from '../../src/drain.ts';
import { PROVIDER_NAMES, providerRegistry } from '../../src/providers/registry.ts';

const read = (file: string) => readFileSync(file, 'utf8');
const yaml = (file: string) => parse(read(file));
/** Seconds: calls in flight, and what closing takes in the worst case. */
const END = (parseSettings({}).DRAIN_TIMEOUT + MAX_CLOSING_TIME) / 1000;

/** Names that a file may set: the server's own, the providers', and those of Node and its platform. */
const KNOWN = new Set([
  ...SETTING_NAMES,
  ...PROVIDER_NAMES.flatMap((name) => providerRegistry[name].keys),
  'NODE_ENV',
]);

describe('every platform gives calls in flight the time to finish', () => {
  const graces: [string, number][] = [
    ['Railway', JSON.parse(read('railway.json')).deploy.drainingSeconds],
    ['Compose', Number.parseInt(yaml('docker-compose.yml').services.server.stop_grace_period, 10)],
    ['systemd', Number(/^TimeoutStopSec=(\d+)$/m.exec(read('deploy/systemd/codellama-server.service'))?.[1])],
    ['Fly', Number(/^kill_timeout = "(\d+)s"$/m.exec(read('deploy/fly/fly.toml'))?.[1])],
    ['Render', yaml('deploy/render/render.yaml').services[0].maxShutdownDelaySeconds],
    ['Azure', yaml('deploy/azure/containerapp.yaml').properties.template.terminationGracePeriodSeconds],
    [
      'Kubernetes, without what it waits before SIGTERM',
      yaml('deploy/helm/codellama-server/values.yaml').terminationGracePeriodSeconds - preStopSeconds(),
    ],
  ];
  it.each(graces)('%s', (_platform, seconds) => {
    expect(seconds).toBeGreaterThan(END);
  });

  it('ECS gives 30 seconds, and the server is told to need less', () => {
    const { environment } = JSON.parse(read('deploy/ecs/express-service.json')).primaryContainer;
    const given = environment.find(({ name }: { name: string }) => name === 'DRAIN_TIMEOUT').value;
    expect(parseSettings({ DRAIN_TIMEOUT: given }).DRAIN_TIMEOUT + MAX_CLOSING_TIME).toBeLessThan(30_000);
  });

  it('Cloud Run gives 10 seconds, and the server is told to need less', () => {
    const [container] = yaml('deploy/cloud-run/service.yaml').spec.template.spec.containers;
    const given = container.env.find(({ name }: { name: string }) => name === 'DRAIN_TIMEOUT').value;
    expect(parseSettings({ DRAIN_TIMEOUT: given }).DRAIN_TIMEOUT).toBeLessThanOrEqual(8_000);
  });
});

describe('what the files set is a setting of the server', () => {
  const environments: [string, string[]][] = [
    ['Compose', Object.keys(yaml('docker-compose.yml').services.server.environment)],
    ['Render', names(yaml('deploy/render/render.yaml').services[0].envVars, 'key')],
    ['Cloud Run', names(yaml('deploy/cloud-run/service.yaml').spec.template.spec.containers[0].env, 'name')],
    ['Azure', names(yaml('deploy/azure/containerapp.yaml').properties.template.containers[0].env, 'name')],
    ['ECS', ecsNames()],
    [
      'systemd',
      [...read('deploy/systemd/codellama-server.service').matchAll(/^Environment=(\w+)=/gm)].map(
        ([, name]) => name!,
      ),
    ],
    [
      'the Helm chart',
      [
        ...read('deploy/helm/codellama-server/templates/deployment.yaml').matchAll(/- name: ([A-Z_]+)$/gm),
      ].map(([, name]) => name!),
    ],
  ];
  it.each(environments)('%s', (_platform, given) => {
    expect(given.length).toBeGreaterThan(0);
    expect(given.filter((name) => !KNOWN.has(name))).toEqual([]);
  });
});

/** What looks like a setting in what people read: a comment, a note. */
it('no file in deploy/ speaks of a setting that is not there', () => {
  const others = new Set([
    'IMAGE_REGISTRY',
    'RUN_AS',
    'NODE_COMPILE_CACHE',
    'RAILWAY_RUN_UID',
    'REQUEST_COUNT_PER_TARGET',
  ]);
  const files = filesIn('deploy').filter((file) => !/grafana|prometheus|package|\.js$/.test(file));
  const said = files.flatMap((file) =>
    (read(file).match(/\b[A-Z][A-Z\d]*(?:_[A-Z\d]+)+\b/g) ?? [])
      .filter((name) => !name.startsWith('AF_'))
      .map((name) => ({ file, name })),
  );
  expect(said.filter(({ name }) => !KNOWN.has(name) && !others.has(name))).toEqual([]);
});

function preStopSeconds(): number {
  const template = read('deploy/helm/codellama-server/templates/deployment.yaml');
  return Number(/\["sleep", "(\d+)"\]/.exec(template)?.[1]);
}

function names(list: Record<string, string>[], field: string): string[] {
  return list.map((one) => one[field]!);
}

function ecsNames(): string[] {
  const { environment, secrets } = JSON.parse(read('deploy/ecs/express-service.json')).primaryContainer;
  return names([...environment, ...secrets], 'name');
}

it('no file in deploy/ asks for a health path that is not there', () => {
  const asked = filesIn('deploy').flatMap((file) => read(file).match(/\/health\/[a-z]+/g) ?? []);
  expect(new Set(asked)).toEqual(new Set(['/health/ready', '/health/live']));
});

it('every YAML file in deploy/ that is no template is one', () => {
  const files = filesIn('deploy').filter((file) => /\.ya?ml$/.test(file) && !file.includes('/templates/'));
  for (const file of files)
    for (const document of parseAllDocuments(read(file)))
      expect({ file, errors: document.errors }).toEqual({ file, errors: [] });
});

it('the chart is of the version of the server', () => {
  const { version } = JSON.parse(read('package.json'));
  expect(yaml('deploy/helm/codellama-server/Chart.yaml').appVersion).toBe(version);
});

it('the chart names no value that values.yaml does not have', () => {
  const values = yaml('deploy/helm/codellama-server/values.yaml');
  const named = filesIn('deploy/helm/codellama-server/templates').flatMap((file) =>
    [...read(file).matchAll(/\.Values\.([\w.]+)/g)].map(([, path]) => path!),
  );
  const missing = named.filter(
    (path) => path.split('.').reduce((at, part) => at?.[part], values) === undefined,
  );
  expect(missing).toEqual([]);
});

/** The part of Railway's schema (https://railway.com/railway.schema.json) that this repository uses. */
it('railway.json has fields that Railway knows', () => {
  const { $schema, build, deploy, ...others } = JSON.parse(read('railway.json'));
  expect(others).toEqual({});
  expect($schema).toBe('https://railway.com/railway.schema.json');
  expect(build).toEqual({ builder: 'DOCKERFILE', dockerfilePath: 'Dockerfile' });
  expect(deploy).toEqual({
    startCommand: expect.any(String),
    healthcheckPath: '/health/ready',
    healthcheckTimeout: expect.any(Number),
    restartPolicyType: expect.stringMatching(/^(ON_FAILURE|ALWAYS|NEVER)$/),
    restartPolicyMaxRetries: expect.any(Number),
    drainingSeconds: expect.any(Number),
  });
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

it('the Railway button asks for settings that are there', () => {
  const address = /\((https:\/\/railway\.com\/new\/template\?[^)]+)\)/.exec(read('README.md'))?.[1];
  const parameters = new URL(address!).searchParams;
  const asked = (name: string) => parameters.get(name)!.split(',');
  expect(asked('envs').filter((name) => !KNOWN.has(name) && name !== 'RAILWAY_RUN_UID')).toEqual([]);
  expect(asked('optionalEnvs').filter((name) => !asked('envs').includes(name))).toEqual([]);
  expect(parameters.get('RAILWAY_RUN_UIDDefault')).toBe('0');
});
