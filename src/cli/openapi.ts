/** `npm run docs:openapi`: writes the description of the API that `GET /openapi.json` gives, and its replies' types for the pages. */
import { writeFileSync } from 'node:fs';
import packageFile from '../../package.json' with { type: 'json' };
import { endpoints } from '../api/endpoints.ts';
import { openApiDocument } from '../api/openapi/openapi.ts';
import { replyTypes } from './reply-types.ts';

const document = openApiDocument(endpoints, packageFile.version);
writeFileSync(
  new URL('../api/openapi/openapi.json', import.meta.url),
  `${JSON.stringify(document, null, 2)}\n`,
);
const { paths } = document as { paths: Parameters<typeof replyTypes>[0] };
writeFileSync(new URL('../pages/browser/replies.d.ts', import.meta.url), replyTypes(paths));
