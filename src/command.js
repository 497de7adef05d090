#!/usr/bin/env node
// `codellama-server`, the command of the installed package: without arguments the server, with the name of a command that one.
// Plain JavaScript, so that an old Node gets to the line that says it is too old.
import { readdirSync, readFileSync } from 'node:fs';

const COMMANDS = [
  'keys',
  'agents',
  'doctor',
  'config-check',
  'import-litellm',
  'backup',
  'restore',
  'migrate',
];
/** As in package.json. */
const NEEDED = 24;
const HELP = `codellama-server             starts the server (settings: environment and .env)
codellama-server <command>   ${COMMANDS.join(', ')}; each knows --help
codellama-server --version`;

const [name, ...rest] = process.argv.slice(2);
if (name === '--help' || name === '-h') process.stdout.write(`${HELP}\n`);
else if (name === '--version' || name === '-v') {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`${version}\n`);
} else if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(`codellama-server needs Node ${NEEDED} or newer; this is ${process.version}.\n`);
  process.exitCode = 1;
} else if (name === undefined) await import('./start.js');
else if (COMMANDS.includes(name)) {
  process.argv.splice(2, process.argv.length, ...rest);
  // JavaScript in the package, TypeScript in a checkout.
  const file = readdirSync(new URL('./cli/', import.meta.url)).find(
    (one) => /^[a-z-]+\.[jt]s$/.test(one) && one.startsWith(`${name}.`),
  );
  await import(`./cli/${file}`);
} else {
  process.stderr.write(`There is no command ${name}.\n${HELP}\n`);
  process.exitCode = 1;
}
