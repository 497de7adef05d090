/** The commands as people call them: by npm in a checkout, by name where the package is installed, by file in the image. */
import { basename, relative } from 'node:path';

/** File in `src/cli` → script in package.json. */
const NPM_SCRIPTS = {
  agents: 'agents',
  backup: 'backup',
  'config-check': 'config:check',
  doctor: 'doctor',
  'import-litellm': 'import:litellm',
  keys: 'keys',
  migrate: 'migrate',
  restore: 'restore',
} as const;

/** The commands by the names they have where the package is installed. */
export type CommandName = keyof typeof NPM_SCRIPTS;

interface Call {
  /** The file that Node was started with. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How `name` is called with these arguments, in the form in which the running command was. */
export function calledAs(
  name: CommandName,
  args = '',
  { script, environment }: Call = { script: process.argv[1] ?? '', environment: process.env },
): string {
  const withArguments = (command: string, between = ' ') => (args ? command + between + args : command);
  if (/^(?:codellama-server|command\.js)$/.test(basename(script))) {
    const isNpx = environment.npm_command === 'exec';
    return withArguments(`${isNpx ? 'npx ' : ''}codellama-server ${name}`);
  }
  const isNpm = Object.values<string | undefined>(NPM_SCRIPTS).includes(environment.npm_lifecycle_event);
  if (isNpm) return withArguments(`npm run ${NPM_SCRIPTS[name]}`, ' -- ');
  const own = basename(script).replace(/\.[jt]s$/, '');
  const file = relative('.', script);
  return withArguments(`node ${own in NPM_SCRIPTS ? file.replace(own, name) : file}`);
}
