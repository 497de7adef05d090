/** `npm run agents`: settings of agents, printed, written beside what is there, and the same in the documentation. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { AGENT_NAMES, AGENTS } from '../../src/cli/agent-settings/agents.ts';
import { mergeSettings } from '../../src/cli/agent-settings/merge.ts';
import { renderSettings } from '../../src/cli/agent-settings/render.ts';
import { BARE_ENVIRONMENT } from '../helpers/process.ts';

const CONNECTION = { url: 'http://localhost:4000', key: 'sk-cl-your-key', model: 'default' };

async function run(...args: string[]) {
  const environment = { ...BARE_ENVIRONMENT, HOME: '/nonexistent' };
  const ran = promisify(execFile)(process.execPath, ['src/cli/agents.ts', ...args], { env: environment });
  return ran.catch((error: { stdout: string; stderr: string; code: number }) => error);
}

it.each(AGENT_NAMES)('docs/agents.md has the settings of %s', async (name) => {
  const settings = AGENTS[name](CONNECTION);
  const page = await readFile('docs/agents.md', 'utf8');
  const section = page.slice(page.indexOf(`\n## ${settings.title}\n`)).split('\n## ')[1]!;
  expect(section).toContain(renderSettings(settings).trimEnd());
});

describe('what a file has already stays', () => {
  const claude = AGENTS.claude(CONNECTION).files[0]!;
  const codex = AGENTS.codex(CONNECTION).files[0]!;
  const continueFile = AGENTS.continue(CONNECTION).files[0]!;

  it('JSON', () => {
    const before = { permissions: { allow: ['Bash(ls)'] }, env: { EDITOR: 'vi', ANTHROPIC_MODEL: 'opus' } };
    const after = JSON.parse(mergeSettings(JSON.stringify(before), claude));
    expect(after).toMatchObject({
      permissions: { allow: ['Bash(ls)'] },
      env: { EDITOR: 'vi', ANTHROPIC_MODEL: 'default', ANTHROPIC_BASE_URL: 'http://localhost:4000' },
    });
  });

  it('TOML, comments and order as well', () => {
    const before = `# mine
model = "gpt-5"   # the one I like
approval_policy = "never"

[model_providers.codellama]
base_url = "http://old/v1"
retries = 3

[tools]
web_search = true
`;
    const after = mergeSettings(before, codex);
    expect(after).toBe(`# mine
model = "default"
approval_policy = "never"
model_provider = "codellama"

[model_providers.codellama]
base_url = "http://localhost:4000/v1"
retries = 3
name = "CodeLlama Server"
env_key = "CODELLAMA_API_KEY"
wire_api = "responses"

[tools]
web_search = true
`);
    expect(mergeSettings(after, codex)).toBe(after);
  });

  it('YAML, comments and other models as well', () => {
    const before = `name: Mine # keep
version: 2.0.0
models:
  - name: Local
    provider: ollama
    model: qwen
  - name: CodeLlama Server
    provider: openai
    model: old
`;
    const after = mergeSettings(before, continueFile);
    expect(after).toContain('name: Mine # keep');
    const { version, models } = parse(after);
    expect(version).toBe('2.0.0');
    expect(models.map(({ name, model }: { name: string; model: string }) => [name, model])).toEqual([
      ['Local', 'qwen'],
      ['CodeLlama Server', 'default'],
      ['CodeLlama Server, autocomplete', 'default'],
    ]);
    expect(mergeSettings(after, continueFile)).toBe(after);
  });
});

describe('the command', () => {
  it('prints the settings for a key and a model', async () => {
    const { stdout } = await run(
      'codex',
      '--key',
      'sk-cl-mine',
      '--model',
      'fast',
      '--url',
      'http://gate:8080/v1/',
    );
    expect(stdout).toContain('model = "fast"');
    expect(stdout).toContain('base_url = "http://gate:8080/v1"');
    expect(stdout).toContain('export CODELLAMA_API_KEY=sk-cl-mine');
  });

  it('writes them for their owner alone, and keeps a copy of what was there', async () => {
    const home = await mkdtemp(join(tmpdir(), 'home-'));
    const path = join(home, '.claude/settings.json');
    expect((await run('claude', '--write', '--home', home)).stdout).toContain(`${path} is written.`);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(dirname(path))).toEqual(['settings.json']);
    await run('claude', '--write', '--home', home, '--model', 'other');
    const [, copy] = (await readdir(dirname(path))).sort();
    expect(JSON.parse(await readFile(path, 'utf8')).env.ANTHROPIC_MODEL).toBe('other');
    expect(JSON.parse(await readFile(join(dirname(path), copy!), 'utf8')).env.ANTHROPIC_MODEL).toBe(
      'default',
    );
  });

  it('leaves a file alone that it cannot read', async () => {
    const home = await mkdtemp(join(tmpdir(), 'home-'));
    const path = join(home, '.claude/settings.json');
    await mkdir(dirname(path));
    await writeFile(path, '{ // with a comment\n}');
    const failed = await run('claude', '--write', '--home', home);
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('was left as it is') });
    expect(await readFile(path, 'utf8')).toBe('{ // with a comment\n}');
  });

  it('knows what was meant', async () => {
    expect(await run('cluade')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Did you mean claude?'),
    });
  });
});
