/** `npm run docs:configuration`: writes what the documentation lists of settings and limits from the code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { configurationTable } from '../config/configuration-table.ts';
import { withLimitList } from './limit-list.ts';

const root = new URL('../../', import.meta.url);
const example = readFileSync(new URL('.env.example', root), 'utf8');
writeFileSync(new URL('docs/configuration.md', root), configurationTable(example));
const keys = new URL('docs/keys-and-budgets.md', root);
writeFileSync(keys, withLimitList(readFileSync(keys, 'utf8')));
process.stdout.write('Written: docs/configuration.md, the limits in docs/keys-and-budgets.md\n');
