/** `npm run config:check [file]`: what a configuration would serve, or everything that is wrong with it. */
import { existsSync } from 'node:fs';
import dotenv from 'dotenv';
import { type Config, loadConfig } from '../config/config.ts';
import { ConfigurationError } from '../config/environment.ts';
import { configPath } from '../config/read-config-file.ts';
import { calledAs } from './called-as.ts';

const HELP = `What the configuration would serve, or everything that is wrong with it:

  ${calledAs('config-check')}
  ${calledAs('config-check', 'codellama.yaml')}`;

dotenv.config({ quiet: true });
const file = process.argv[2];
if (file === '--help' || file === '-h') {
  process.stdout.write(`${HELP}\n`);
  process.exit();
}
const environment = { ...process.env, ...(file && { CONFIG_FILE: file }) };
try {
  process.stdout.write(summary(await loadConfig(environment)));
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${configPath(environment)}: ${error.message}\n`);
  process.exitCode = 1;
}

function summary({ targets, chains, unusable, warnings }: Config): string {
  const path = configPath(environment);
  const title = existsSync(path)
    ? `${path} is valid.`
    : `There is no ${path}: the built-in configuration is used.`;
  const lines = [title, ...warnings, '', 'Models:'];
  for (const [name, deployments] of targets)
    lines.push(
      `  ${name}  ${deployments.map(({ id, successor }) => (successor ? `${id} (then ${successor.model})` : id)).join(', ')}`,
    );
  for (const [name, keys] of unusable) lines.push(`  ${name}  left out: set ${keys.join(' or ')}`);
  lines.push('', 'Chains:');
  for (const [name, chain] of chains) {
    const hedge =
      chain.hedgeAfter === undefined ? '' : `  (the next is asked beside after ${chain.hedgeAfter} ms)`;
    lines.push(
      `  ${name}  ${chain.targets.map((target) => target.name).join(' → ') || 'none can be used'}${hedge}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
