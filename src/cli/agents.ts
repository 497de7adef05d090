/** `npm run agents -- claude`: what an agent has to be told so that it uses this server; `--write` tells it. */
import { homedir } from 'node:os';
import { parseArgs } from 'node:util';
import dotenv from 'dotenv';
import { nearest } from '../core/nearest.ts';
import { AGENT_NAMES, AGENTS, type AgentName, type AgentSettings } from './agent-settings/agents.ts';
import { renderSettings } from './agent-settings/render.ts';
import { writeSettings } from './agent-settings/write.ts';
import { calledAs } from './called-as.ts';

const HELP = `Settings of coding agents for CodeLlama Server.

  ${calledAs('agents', '<agent> [--key sk-cl-…] [--model default] [--url http://localhost:4000]')}
  ${calledAs('agents', '<agent> --write')}     writes them into the agent's own files, keeping what is there

Agents: ${AGENT_NAMES.join(', ')}.
`;

dotenv.config({ quiet: true });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    key: { type: 'string' },
    model: { type: 'string', default: 'default' },
    url: { type: 'string', default: `http://localhost:${process.env.PORT || 4000}` },
    home: { type: 'string', default: homedir() },
    write: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});

const [name] = positionals;
if (name === undefined || values.help) process.stdout.write(HELP);
else if (!isAgent(name)) {
  const meant = nearest(name, AGENT_NAMES);
  fail(`There are no settings for ${name}. ${meant ? `Did you mean ${meant}? ` : ''}${HELP}`);
} else await show(AGENTS[name], name);

async function show(settingsOf: (typeof AGENTS)[AgentName], agent: string): Promise<void> {
  // Without ADMIN_KEY this machine needs no key, but agents want some text there.
  const key = values.key ?? (process.env.ADMIN_KEY ? undefined : 'any');
  const makeKey = calledAs('keys', `create --alias ${agent}`);
  if (!key && values.write)
    return fail(`Which key shall it use? Make one (${makeKey}) and give it with --key.\n`);
  const url = values.url.replace(/\/+$/, '').replace(/\/v1$/, '');
  const settings = settingsOf({ url, key: key ?? 'sk-cl-…', model: values.model });
  if (values.write) return write(settings);
  process.stdout.write(`${settings.title}\n\n${renderSettings(settings)}`);
  if (!key) process.stdout.write(`\nThe key: ${makeKey}\n`);
}

async function write(settings: AgentSettings): Promise<void> {
  const { files, environment, title } = settings;
  for (const file of files) {
    try {
      const { path, backup } = await writeSettings(values.home, file, new Date());
      process.stdout.write(`${path} is written.${backup ? ` As it was: ${backup}` : ''}\n`);
    } catch (error) {
      fail(`${(error as Error).message}\n`);
    }
  }
  if (files.length > 0 && Object.keys(environment).length === 0) return;
  const rest = renderSettings({ ...settings, files: [] });
  process.stdout.write(`${title} reads this from no file of its own:\n\n${rest}`);
}

function isAgent(given: string): given is AgentName {
  return Object.hasOwn(AGENTS, given);
}

function fail(message: string): void {
  process.stderr.write(message);
  process.exitCode = 1;
}
