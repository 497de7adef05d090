/**
 * Reads Prometheus's text format, version 0.0.4, as strictly as its specification is written
 * (https://prometheus.io/docs/instrumenting/exposition_formats/): anything that a scraper could stumble over is an error.
 */

export interface Metric {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];

/** @throws {Error} naming the line that is wrong */
export function parsePrometheusText(text: string): Map<string, Metric> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end in a line feed');
  const metrics = new Map<string, { type: string; help: string; samples: Sample[] }>();
  const seen = new Set<string>();
  let current: string | undefined;
  for (const line of text.split('\n')) {
    const fail = (what: string): never => {
      throw new Error(`${what}: ${line}`);
    };
    if (line === '') continue;
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (keyword === 'HELP') {
      if (metrics.has(name)) fail('a second HELP of one metric');
      metrics.set(name, { type: '', help: rest, samples: [] });
      current = name;
    } else if (keyword === 'TYPE') {
      if (name !== current || metrics.get(name)!.type !== '') fail('a TYPE without its HELP');
      if (!TYPES.includes(rest)) fail('an unknown type');
      metrics.get(name)!.type = rest;
    } else if (line.startsWith('#')) fail('a comment that is neither HELP nor TYPE');
    else {
      const sample = parseSample(line) ?? fail('no sample');
      const metric = current === undefined ? undefined : metrics.get(current);
      if (!metric || !belongsTo(sample.name, current!, metric.type)) fail('a sample outside its metric');
      const key = `${sample.name}${JSON.stringify(Object.entries(sample.labels).sort())}`;
      if (seen.has(key)) fail('the same series twice');
      seen.add(key);
      metric!.samples.push(sample);
    }
  }
  for (const [name, metric] of metrics) {
    if (metric.type === '') throw new Error(`${name} has no TYPE`);
    if (metric.type === 'histogram') checkHistogram(name, metric.samples);
    if (metric.type === 'counter' && metric.samples.some(({ value }) => !(value >= 0)))
      throw new Error(`${name} counts down`);
  }
  return metrics;
}

/** The value of the one series that has these labels (and maybe others). @throws {Error} when there are none or several */
export function valueIn(
  metrics: ReadonlyMap<string, Metric>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const found = samplesOf(metrics, name, labels);
  if (found.length !== 1) throw new Error(`${found.length} series of ${name} have ${JSON.stringify(labels)}`);
  return found[0]!.value;
}

/** The sum of all series that have these labels; 0 without any. */
export function sumOf(
  metrics: ReadonlyMap<string, Metric>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return samplesOf(metrics, name, labels).reduce((sum, { value }) => sum + value, 0);
}

function samplesOf(
  metrics: ReadonlyMap<string, Metric>,
  name: string,
  labels: Readonly<Record<string, string>>,
): Sample[] {
  return [...metrics.values()]
    .flatMap(({ samples }) => samples)
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value));
}

function parseSample(line: string): Sample | undefined {
  const [, name = '', labelText, value = ''] = /^([^{\s]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (!NAME.test(name)) return undefined;
  const labels = labelText === undefined ? {} : parseLabels(labelText);
  const number = value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number(value);
  if (!labels || (Number.isNaN(number) && value !== 'NaN')) return undefined;
  return { name, labels, value: number };
}

function parseLabels(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    if (!match || Object.hasOwn(labels, match[1]!)) return undefined;
    labels[match[1]!] = match[2]!.replace(/\\(.)/g, (_, letter) => (letter === 'n' ? '\n' : letter));
  }
  return labels;
}

function belongsTo(sample: string, metric: string, type: string): boolean {
  if (type === 'histogram') return ['_bucket', '_sum', '_count'].some((end) => sample === metric + end);
  if (type === 'summary') return ['', '_sum', '_count'].some((end) => sample === metric + end);
  return sample === metric;
}

/** Buckets grow, the last is `+Inf` and as large as the count. */
function checkHistogram(name: string, samples: readonly Sample[]): void {
  const groups = Map.groupBy(samples, ({ labels: { le: _le, ...labels } }) =>
    JSON.stringify(Object.entries(labels).sort()),
  );
  for (const group of groups.values()) {
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => (labels.le === '+Inf' ? Infinity : Number(labels.le)));
    const count = group.find((sample) => sample.name === `${name}_count`);
    const isSorted = bounds.every((bound, at) => at === 0 || bound > bounds[at - 1]!);
    const grows = buckets.every(({ value }, at) => at === 0 || value >= buckets[at - 1]!.value);
    if (!isSorted || !grows || bounds.at(-1) !== Infinity || buckets.at(-1)!.value !== count?.value)
      throw new Error(`${name} has broken buckets`);
    if (!group.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${name} has no sum`);
  }
}
