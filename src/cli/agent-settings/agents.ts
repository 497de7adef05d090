/**
 * What each agent has to be told so that it uses this server. Tried with Claude Code 2.1, Codex 0.169, opencode 1.18, Qwen
 * Code 0.24, Continue's CLI 1.5 and Cline's CLI 3.0; the others' settings are those of their documentation (2026-11).
 */

/** What is the same for all of them. */
export interface Connection {
  /** Of the server, without a path. */
  readonly url: string;
  readonly key: string;
  /** A model or chain of the server. */
  readonly model: string;
}

/** A file of an agent, and what has to be in it. */
export interface SettingsFile {
  /** Below the home directory. */
  readonly path: string;
  readonly format: 'json' | 'yaml' | 'toml';
  /** What has to be in it; what else is there stays. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** All that sets one agent up. */
export interface AgentSettings {
  readonly title: string;
  readonly files: readonly SettingsFile[];
  /** Variables that no settings file can hold. */
  readonly environment: Readonly<Record<string, string>>;
  /** Commands that set it up, where it has one for that, and that starts it. */
  readonly commands: readonly string[];
  readonly note?: string;
}

const NAME = 'codellama';
const TITLE = 'CodeLlama Server';
/** No agent of ours may be asked for more than it takes: the least of what models of today read and write. */
const LIMITS = { context: 128_000, output: 16_000 };

/** By the name that `npm run agents` takes; each is made for an address, a key and a model. */
export const AGENTS = {
  claude: ({ url, key, model }) => ({
    title: 'Claude Code',
    files: [
      {
        path: '.claude/settings.json',
        format: 'json',
        settings: {
          env: {
            ANTHROPIC_BASE_URL: url,
            ANTHROPIC_AUTH_TOKEN: key,
            ANTHROPIC_MODEL: model,
            ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
            CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1',
          },
        },
      },
    ],
    environment: {},
    commands: ['claude'],
  }),
  codex: ({ url, key, model }) => ({
    title: 'Codex',
    files: [
      {
        path: '.codex/config.toml',
        format: 'toml',
        settings: {
          model,
          model_provider: NAME,
          [`model_providers.${NAME}`]: {
            name: TITLE,
            base_url: `${url}/v1`,
            env_key: 'CODELLAMA_API_KEY',
            wire_api: 'responses',
          },
        },
      },
    ],
    environment: { CODELLAMA_API_KEY: key },
    commands: ['codex'],
  }),
  opencode: ({ url, key, model }) => ({
    title: 'opencode',
    files: [
      {
        path: '.config/opencode/opencode.json',
        format: 'json',
        settings: {
          $schema: 'https://opencode.ai/config.json',
          provider: {
            [NAME]: {
              npm: '@ai-sdk/openai-compatible',
              name: TITLE,
              options: { baseURL: `${url}/v1`, apiKey: key },
              models: { [model]: { name: model, limit: LIMITS } },
            },
          },
          model: `${NAME}/${model}`,
        },
      },
    ],
    environment: {},
    commands: ['opencode'],
  }),
  continue: ({ url, key, model }) => ({
    title: 'Continue',
    files: [
      {
        path: '.continue/config.yaml',
        format: 'yaml',
        settings: {
          name: TITLE,
          version: '1.0.0',
          schema: 'v1',
          models: [
            {
              name: TITLE,
              provider: 'openai',
              model,
              apiBase: `${url}/v1`,
              apiKey: key,
              roles: ['chat', 'edit', 'apply'],
            },
            // This provider of theirs asks `fim/completions`.
            {
              name: `${TITLE}, autocomplete`,
              provider: 'mistral',
              model,
              apiBase: `${url}/v1`,
              apiKey: key,
              roles: ['autocomplete'],
            },
          ],
        },
      },
    ],
    environment: {},
    commands: ['cn'],
  }),
  cline: ({ url, key, model }) => ({
    title: 'Cline',
    files: [],
    environment: {},
    commands: [`cline auth -p openai-compatible -b ${url}/v1 -k ${key} -m ${model}`, 'cline'],
    note: `In VS Code: API Provider "OpenAI Compatible", Base URL ${url}/v1, API Key ${key}, Model ID ${model}.`,
  }),
  qwen: ({ url, key, model }) => ({
    title: 'Qwen Code',
    files: [
      {
        path: '.qwen/settings.json',
        format: 'json',
        settings: {
          security: { auth: { selectedType: 'openai', baseUrl: `${url}/v1`, apiKey: key } },
          model: { name: model },
        },
      },
    ],
    environment: {},
    commands: ['qwen'],
  }),
  gemini: ({ url, key, model }) => ({
    title: 'Gemini CLI',
    files: [
      {
        path: '.gemini/settings.json',
        format: 'json',
        settings: { security: { auth: { selectedType: 'gemini-api-key' } }, model: { name: model } },
      },
    ],
    environment: { GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: key },
    commands: ['gemini'],
  }),
  aider: ({ url, key, model }) => ({
    title: 'aider',
    files: [
      {
        path: '.aider.conf.yml',
        format: 'yaml',
        settings: { 'openai-api-base': `${url}/v1`, 'openai-api-key': key, model: `openai/${model}` },
      },
    ],
    environment: {},
    commands: ['aider'],
  }),
  copilot: ({ url, key, model }) => ({
    title: 'Copilot CLI',
    files: [],
    environment: {
      COPILOT_PROVIDER_BASE_URL: `${url}/v1`,
      COPILOT_PROVIDER_TYPE: 'openai',
      COPILOT_PROVIDER_API_KEY: key,
      COPILOT_MODEL: model,
    },
    commands: ['copilot'],
  }),
} as const satisfies Record<string, (connection: Connection) => AgentSettings>;

/** See {@link AGENTS}. */
export type AgentName = keyof typeof AGENTS;

/** For the help and for "did you mean". */
export const AGENT_NAMES = Object.keys(AGENTS) as AgentName[];
