/** The route table, by Express. */
import cors from 'cors';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { Failure } from '../failures/failure.ts';
import { accountsRoutes } from './accounts-routes.ts';
import { CHAT_PATHS, completions, requestIdFor } from './completions.ts';
import { type AppParts, headOfAll, refuse } from './every-reply.ts';
import { HEALTH_PATHS, healthReply } from './health.ts';

/** Headers our callers need to read from a browser. */
const EXPOSED = [
  ...[
    'x-request-id',
    'x-model',
    'x-attempts',
    'x-cache',
    'age',
    'x-cost-usd',
    'x-demo',
    'x-dropped-params',
    'retry-after',
  ],
  ...['limit', 'remaining', 'reset'].flatMap((part) => [
    `x-ratelimit-${part}-requests`,
    `x-ratelimit-${part}-tokens`,
  ]),
];

export function createExpressApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((request: Request, response: Response, next: NextFunction) => {
    response.locals.id = requestIdFor(request);
    const head = headOfAll(idOf(response), parts);
    for (let at = 0; at < head.length; at += 2) response.setHeader(head[at]!, head[at + 1]!);
    next();
  });
  app.use(helmet());
  if (parts.corsOrigins.length > 0) {
    const origin = parts.corsOrigins.includes('*') ? '*' : [...parts.corsOrigins];
    app.use(cors({ origin, exposedHeaders: EXPOSED, maxAge: 86_400 }));
  }

  const answer = completions(parts);
  only(app, 'POST', CHAT_PATHS, (request, response) => answer(request, response, idOf(response), []));
  const listModels = async (request: Request, response: Response) => {
    await parts.access.identify(request);
    response.json({
      object: 'list',
      data: parts.modelList().map((model) => ({ ...model, object: 'model', created: 0 })),
    });
  };
  only(app, 'GET', ['/v1/models', '/models'], listModels);
  only(app, 'POST', ['/get_models'], listModels);
  only(app, 'GET', HEALTH_PATHS, (request, response) => {
    const { status, body } = healthReply(request.path, parts)!;
    response.status(status).json(body);
  });
  app.use(accountsRoutes({ access: parts.access, ...parts.accounts }));
  only(app, 'GET', ['/'], (_request, response) => void response.type('html').send(parts.page()));

  app.use((request: Request) => {
    const message = `There is nothing at ${request.path.slice(0, 200)}. POST /chat/completions is where the answers are.`;
    throw new Failure('invalid_request', message, { status: 404 });
  });
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    refuse(error, { path: request.path, id: idOf(response), head: [] }, response, parts.log);
  });
  return app;
}

function idOf(response: Response): string {
  return response.locals.id as string;
}

/** A route that names the right method to those who come with another. */
function only(
  app: Express,
  method: 'GET' | 'POST',
  paths: string[],
  handler: (request: Request, response: Response) => void | Promise<void>,
): void {
  if (method === 'GET') app.get(paths, handler);
  else app.post(paths, handler);
  app.all(paths, (request: Request, response: Response) => {
    response.setHeader('allow', method);
    throw new Failure('invalid_request', `${request.path} takes ${method}, not ${request.method}.`, {
      status: 405,
    });
  });
}
