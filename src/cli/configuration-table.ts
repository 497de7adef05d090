/** `npm run docs:configuration`: writes `docs/configuration.md`, the list of settings, from the code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { configurationTable } from '../config/configuration-table.ts';

const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
writeFileSync(new URL('../../docs/configuration.md', import.meta.url), configurationTable(example));
process.stdout.write('Written: docs/configuration.md\n');
