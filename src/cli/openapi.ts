/** `npm run docs:openapi`: writes the description of the API that `GET /openapi.json` gives. */
import { writeFileSync } from 'node:fs';
import packageFile from '../../package.json' with { type: 'json' };
import { endpoints } from '../api/endpoints.ts';
import { openApiDocument } from '../api/openapi/openapi.ts';

const document = openApiDocument(endpoints, packageFile.version);
writeFileSync(
  new URL('../api/openapi/openapi.json', import.meta.url),
  `${JSON.stringify(document, null, 2)}\n`,
);
