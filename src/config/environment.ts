/** The environment, parsed once. A bad value stops the start with the whole list of what is wrong. */
import { z } from 'zod';
import { HOUR, MINUTE, parseDuration } from '../core/durations.ts';
import { SAMPLERS } from '../core/trace-ids.ts';
import type { ProxySettings } from '../providers/proxy.ts';
import { unquoted } from './base-url.ts';

/** As `process.env` has it; an argument everywhere, so that tests give their own. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with the configuration, one line each. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`The configuration is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

const DEFAULT_GUARDRAIL =
  "Only respond to questions about code. Say 'I don't know' to anything outside of that.";

const duration = (fallback: string, least = 0) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const milliseconds = parseDuration(text);
      if (milliseconds === undefined || milliseconds < least) {
        context.addIssue(
          `must be a duration such as 500ms, 10s or 1h${least > 0 ? ', more than 0' : ''}, not "${text}"`,
        );
        return z.NEVER;
      }
      return milliseconds;
    });
const number = (fallback: number, least: number, most: number) =>
  z
    .string()
    .default(String(fallback))
    .transform((text, context) => {
      const value = Number(text);
      if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most) {
        context.addIssue(`must be a number from ${least} to ${most}, not "${text}"`);
        return z.NEVER;
      }
      return value;
    });
const wholeNumber = (fallback: number, least: number, most: number) =>
  number(fallback, least, most).refine(Number.isInteger, 'must be a whole number');
const flag = z
  .string()
  .default('false')
  .transform((text, context) => {
    if (/^(?:true|1|yes|on)$/i.test(text)) return true;
    if (/^(?:false|0|no|off)$/i.test(text)) return false;
    context.addIssue(`must be true or false, not "${text}"`);
    return z.NEVER;
  });
const url = z.url('must be a URL such as https://example.com/v1').optional();
/** Secrets come with the line feed of the file they were read from, or in quotes. */
const secret = z
  .string()
  .transform(unquoted)
  .refine(
    (text) => /^[\x20-\x7e]*$/.test(text),
    'holds a line break or a letter that no HTTP header can carry',
  );
const proxy = z
  .string()
  .optional()
  .transform((text, context) => {
    if (text === undefined) return undefined;
    const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`);
    if (url && /^https?:$/.test(url.protocol) && url.hostname !== '') return url.href;
    context.addIssue('must be the URL of an HTTP proxy, such as http://proxy.example.com:3128');
    return z.NEVER;
  });
const exceptions = z
  .string()
  .default('')
  .transform((text) => text.split(/[\s,]+/).filter(Boolean));
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  );

const schema = z.object({
  HTTPS_PROXY: proxy,
  HTTP_PROXY: proxy,
  NO_PROXY: exceptions,
  NODE_ENV: z.string().default('development'),
  PORT: wholeNumber(4000, 0, 65_535),
  HOST: z.string().optional(),
  ADMIN_KEY: secret
    .refine((key) => key.length >= 16, 'must have at least 16 characters, as it guards your money')
    .refine((key) => !key.startsWith('sk-cl-'), 'must not begin as caller keys do (sk-cl-)')
    .optional(),
  ALLOW_ANONYMOUS: flag,
  OPEN_ADMIN: flag,
  CORS_ORIGINS: list,
  CONFIG_FILE: z.string().optional(),
  DATABASE_URL: z.string().default('sqlite:./data/codellama.db'),
  OUTBOX_PATH: z.string().default('./data/outbox.db'),
  REDIS_URL: z
    .string()
    .transform(unquoted)
    .refine(
      (text) => /^rediss?:\/\//i.test(text) && URL.canParse(text),
      'must be a URL that begins with redis:// or rediss://',
    )
    .optional(),
  HOLD_LEASE: duration('60s', 1_000),
  LEDGER_RETENTION: duration('0'),
  REDIS_AWAY: z.enum(['auto', 'closed', 'open']).default('auto'),
  WORKERS: wholeNumber(1, 1, 128),
  GUARDRAIL_PROMPT: z.string().default(DEFAULT_GUARDRAIL),
  GUARDRAIL_DOORS: z
    .string()
    .default('chat')
    .transform((text) => text.split(',').map((door) => door.trim())),
  TOOL_CALLS: z.enum(['whole', 'stream']).optional(),
  OTEL_SDK_DISABLED: flag,
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .enum(['http/protobuf', 'http/json'], 'must be http/protobuf or http/json: gRPC is not spoken here')
    .default('http/protobuf'),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none']).default('otlp'),
  OTEL_METRICS_EXPORTER: z.enum(['otlp', 'none']).default('otlp'),
  OTEL_TRACES_SAMPLER: z.enum(SAMPLERS).default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: number(1, 0, 1),
  OTEL_PROPAGATORS: z.string().default('tracecontext'),
  OTEL_SERVICE_NAME: z.string().default('codellama-server'),
  OTEL_RESOURCE_ATTRIBUTES: z.string().optional(),
  OTEL_BSP_SCHEDULE_DELAY: wholeNumber(5_000, 1, HOUR),
  OTEL_METRIC_EXPORT_INTERVAL: wholeNumber(MINUTE, 1, HOUR),
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: flag,
  ALERT_WEBHOOK_URL: url,
  ALERT_WEBHOOK_FORMAT: z.enum(['json', 'slack']).optional(),
  ALERT_REPEAT: duration('1h', 1),
  ALERT_ERROR_RATE: number(0.1, 0, 1),
  METRICS: flag.prefault('true'),
  METRICS_TOKEN: secret.refine((token) => token.length >= 16, 'must have at least 16 characters').optional(),
  LANGFUSE_PUBLIC_KEY: secret.optional(),
  LANGFUSE_SECRET_KEY: secret.optional(),
  LANGFUSE_BASE_URL: z.url('must be a URL such as https://example.com').default('https://cloud.langfuse.com'),
  LANGFUSE_CONTENT: flag.prefault('true'),
  PROMPTLAYER_API_KEY: secret.optional(),
  PROMPTLAYER_BASE_URL: url,
  RETRIES: wholeNumber(2, 0, 10),
  RETRY_AFTER_WAIT: duration('3s'),
  COOLDOWN: duration('60s'),
  LONG_COOLDOWN: duration('10m'),
  ALLOWED_FAILURES: wholeNumber(3, 1, 1_000),
  CONNECT_TIMEOUT: duration('5s', 1),
  FIRST_TOKEN_TIMEOUT: duration('10s', 1),
  IDLE_TIMEOUT: duration('15s', 1),
  ATTEMPT_TIMEOUT: duration('120s', 1),
  ROUTE_BUDGET: duration('45s', 1),
  CACHE_TTL: duration('1h'),
  CACHE_MAX_MB: number(64, 0, 65_536),
  SEMANTIC_CACHE: z.enum(['off', 'shadow', 'on']).default('off'),
  SEMANTIC_STRICTNESS: z
    .string()
    .default('balanced')
    .transform((text, context) => {
      const limit = text === 'strict' ? 0.3 : text === 'balanced' ? 0.6 : Number(text);
      if (limit >= 0 && limit <= 1) return limit;
      context.addIssue(`must be strict, balanced or a number from 0 to 1, not "${text}"`);
      return z.NEVER;
    }),
  SEMANTIC_BUDGET: z
    .string()
    .default('1%')
    .transform((text, context) => {
      const share = /^(\d+(?:\.\d+)?)%$/.exec(text.trim())?.[1];
      if (share !== undefined && Number(share) > 0 && Number(share) <= 100) return Number(share) / 100;
      context.addIssue(`must be a share such as 1% or 0.5%, not "${text}"`);
      return z.NEVER;
    }),
  SEMANTIC_JUDGE: z.string().optional(),
  SEMANTIC_JUDGE_BUDGET_USD: number(1, 0, 1_000_000),
  SEMANTIC_MAX_MB: number(16, 1, 4_096),
  SEMANTIC_MULTI_TURN: flag,
  SEMANTIC_SYNONYMS: z.string().default(''),
  GPTCACHE_URL: z.url('must be a URL such as http://localhost:8000').optional(),
  GPTCACHE_TIMEOUT: duration('150ms', 1),
  GPTCACHE_SECRET: z.string().optional(),
  MAX_BODY_MB: number(32, 0.001, 1_024),
  MAX_IN_FLIGHT: wholeNumber(2_000, 1, 1_000_000),
  DRAIN_TIMEOUT: duration('30s'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LOG_PROMPTS: flag,
  LOG_FORMAT: z.enum(['pretty', 'json']).optional(),
  LOG_SAMPLE: number(1, 0, 1),
});

/** Every setting after its check: numbers, milliseconds, lists. */
export type Settings = z.output<typeof schema>;

/** In the order of the documentation. */
export const SETTING_NAMES: readonly string[] = Object.keys(schema.shape);

/** What holds where a setting is not set, as it would be written; settings without a default are not in it. */
export function settingDefaults(): ReadonlyMap<string, string> {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return new Map(
    Object.entries(properties).flatMap(([name, property]) => {
      const fallback = typeof property === 'object' ? property.default : undefined;
      return typeof fallback === 'string' && fallback !== '' ? [[name, fallback] as const] : [];
    }),
  );
}

/** An empty value means "not set", as compose files and dashboards write it; the line feed of a mounted file is none of it. */
export function parseSettings(environment: Environment): Settings {
  const trimmed = Object.entries(environment).map(([name, value]) => [name, value?.trim()] as const);
  const set = Object.fromEntries(trimmed.filter(([, value]) => value));
  const result = schema.safeParse({ ...set, ...lowerCaseProxies(environment) });
  if (result.success) return result.data;
  throw new ConfigurationError(
    result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`),
  );
}

/** Proxies are named in lower case as often as in capitals; where both are there, lower case counts, as it does for curl. */
function lowerCaseProxies(environment: Environment): Record<string, string> {
  const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[name.toLowerCase()]?.trim();
      return value ? [[name, value]] : [];
    }),
  );
}

/** Through which proxies the internet is reached, for everything that calls out. */
export function proxySettings({ HTTPS_PROXY, HTTP_PROXY, NO_PROXY }: Settings): ProxySettings {
  return { https: HTTPS_PROXY, http: HTTP_PROXY, except: NO_PROXY };
}
