/** `npm run docs:providers`: writes `docs/providers.md`, the table of providers and features, from the code. */
import { writeFileSync } from 'node:fs';
import { providerTable } from '../providers/provider-table.ts';

writeFileSync(new URL('../../docs/providers.md', import.meta.url), providerTable());
process.stdout.write('Written: docs/providers.md\n');
