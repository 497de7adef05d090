/** The environment, parsed once. A bad value stops the start with the whole list of what is wrong. */
import { z } from 'zod';
import { parseDuration } from '../core/durations.ts';

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
  NODE_ENV: z.string().default('development'),
  PORT: wholeNumber(4000, 0, 65_535),
  HOST: z.string().default('0.0.0.0'),
  ADMIN_KEY: z
    .string()
    .min(16, 'must have at least 16 characters, as it guards your money')
    .refine((key) => !key.startsWith('sk-cl-'), 'must not begin as caller keys do (sk-cl-)')
    .optional(),
  ALLOW_ANONYMOUS: flag,
  CORS_ORIGINS: list,
  CONFIG_FILE: z.string().optional(),
  DATABASE_URL: z.string().default('sqlite:./data/codellama.db'),
  OUTBOX_PATH: z.string().default('./data/outbox.db'),
  REDIS_URL: z.string().optional(),
  HOLD_LEASE: duration('60s', 1_000),
  LEDGER_RETENTION: duration('0'),
  REDIS_AWAY: z.enum(['auto', 'closed', 'open']).default('auto'),
  WORKERS: wholeNumber(1, 1, 128),
  GUARDRAIL_PROMPT: z.string().default(DEFAULT_GUARDRAIL),
  PROMPTLAYER_API_KEY: z.string().optional(),
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
  MAX_BODY_MB: number(32, 0.001, 1_024),
  MAX_IN_FLIGHT: wholeNumber(2_000, 1, 1_000_000),
  DRAIN_TIMEOUT: duration('30s'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LOG_PROMPTS: flag,
  LOG_FORMAT: z.enum(['pretty', 'json']).optional(),
});

export type Settings = z.output<typeof schema>;
export const SETTING_NAMES: readonly string[] = Object.keys(schema.shape);

/** An empty value means "not set", as compose files and dashboards write it. */
export function parseSettings(environment: Environment): Settings {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(set);
  if (result.success) return result.data;
  throw new ConfigurationError(
    result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`),
  );
}
