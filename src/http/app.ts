/** The route table, and one place where errors leave. */
import type { RequestListener, ServerResponse } from 'node:http';
import cors from 'cors';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { asFailure, Failure } from '../routing/failures.ts';
import { type AccountsRoutesParts, accountsRoutes } from './accounts-routes.ts';
import { type CompletionsParts, completions, requestIdFor } from './completions.ts';
import { type Head, sendFailure } from './errors.ts';

export interface AppParts extends CompletionsParts {
  readonly log: Logger;
  readonly isDemo: boolean;
  readonly corsOrigins: readonly string[];
  /** Names of models and chains, and who makes them. */
  readonly modelList: () => { id: string; owned_by: string }[];
  /** @returns why the server cannot answer, or nothing when it can */
  readonly notReady: () => string | undefined;
  /** The page for people. */
  readonly page: () => string;
  readonly accounts: Pick<AccountsRoutesParts, 'desk' | 'ledger'>;
}

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

const CHAT_PATHS = ['/chat/completions', '/v1/chat/completions'];

/**
 * Everything goes through Express, but for the one route that is asked thousands of times a second: what Express does
 * for a request costs as much as all our own work on it.
 */
export function createApp(parts: AppParts): RequestListener {
  const app = createExpress(parts);
  if (parts.corsOrigins.length > 0) return app;
  const answer = completions(parts);
  return (request, response) => {
    if (request.method !== 'POST' || !CHAT_PATHS.includes(request.url!)) return app(request, response);
    const id = requestIdFor(request);
    const head = headOfAll(id, parts);
    head.push('x-content-type-options', 'nosniff');
    answer(request, response, id, head).catch((error: unknown) =>
      refuse(error, { path: request.url!, id, head }, response, parts.log),
    );
  };
}

function createExpress(parts: AppParts): Express {
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
  only(app, 'GET', ['/health/live'], (_request, response) => void response.json({ status: 'ok' }));
  only(app, 'GET', ['/health/ready'], (_request, response) => {
    const problem = parts.notReady();
    response
      .status(problem ? 503 : 200)
      .json(problem ? { status: 'not ready', problem } : { status: 'ready' });
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

/** What every reply has, whatever becomes of the request. */
function headOfAll(id: string, { isDemo }: AppParts): Head {
  return isDemo ? ['x-request-id', id, 'x-demo', 'true'] : ['x-request-id', id];
}

function idOf(response: Response): string {
  return response.locals.id as string;
}

/** The one place where errors leave. */
function refuse(
  error: unknown,
  { path, id, head }: { path: string; id: string; head: Head },
  response: ServerResponse,
  log: Logger,
): void {
  const failure = asFailure(error);
  const { kind, status, cause } = failure;
  if (kind === 'internal') log.error({ id, path, err: cause }, 'internal fault');
  else log.info({ id, path, kind, status }, 'refused');
  sendFailure(response, failure, id, head);
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
