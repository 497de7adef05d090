/** What is not the public API, by Express: the pages for people. */
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { errorsByVersion } from '../api/errors-by-version.ts';
import type { Events } from '../events/event.ts';
import { Failure, invalidRequest } from '../failures/failure.ts';
import type { Access } from './access.ts';
import { PageServer, type ReadPageFiles } from './page-server.ts';
import { refuse } from './send-reply.ts';

/** What the pages for people need. */
export interface ExpressDependencies {
  readonly events: Events;
  readonly access: Access;
  /** The pages for people. */
  readonly pageFiles: ReadPageFiles;
}

/** The common headers are set on a response before it comes here. */
export function createExpressApp({ access, pageFiles, events }: ExpressDependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const pages = new PageServer(pageFiles, access);
  app.use(async (request: Request, response: Response, next: NextFunction) => {
    const file = pages.find(request.path);
    if (file) await pages.serve(file, request, response);
    else next();
  });

  app.use((request: Request) => {
    const message = `Unknown route ${request.path.slice(0, 200)}. Use POST /chat/completions.`;
    throw new Failure('invalid_request', message, { status: 404 });
  });
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    const id = String(response.getHeader('x-request-id'));
    // A path that is no percent-encoding, or a query that is none.
    const failure =
      error instanceof URIError ? invalidRequest('The path is not valid percent-encoding.') : error;
    const refused = {
      requestId: id,
      path: request.path,
      // Express's own pattern, where one was met.
      route: request.route?.path as string | undefined,
      door: undefined,
      keyId: null,
      projectId: null,
      duration_ms: undefined,
      trace: undefined,
    };
    refuse(failure, refused, { response, head: [], format: errorsByVersion }, events);
  });
  return app;
}
