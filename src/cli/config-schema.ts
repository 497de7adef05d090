/** `npm run config:schema`: writes the configuration file's schema, for editors, to `docs/config.schema.json`. */
import { writeFileSync } from 'node:fs';
import { jsonSchema } from '../config/config-file-schema.ts';

const path = new URL('../../docs/config.schema.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(jsonSchema(), null, 2)}\n`);
process.stdout.write(`Written: docs/config.schema.json\n`);
