/** Keys, projects, usage and receipts over HTTP. Administrators manage; a caller key sees its own. */
import { type Request, type Response, Router } from 'express';
import type { KeyAdmin } from '../accounts/keys/key-admin.ts';
import type { Ledger } from '../accounts/ledger/ledger.ts';
import { ReportLimit } from '../accounts/ledger/report-limit.ts';
import { parseUsageQuery, usageCsv } from '../accounts/ledger/usage-input.ts';
import { systemClock } from '../core/clock.ts';
import { Failure } from '../failures/failure.ts';
import type { Access, Identity } from './access.ts';
import { readJson } from './body.ts';

export interface AccountsRoutesDependencies {
  readonly access: Access;
  readonly keyAdmin: KeyAdmin;
  readonly ledger: Ledger;
}

const MAX_BODY_BYTES = 64 * 1024;

type Managed = (actor: string, request: Request) => Promise<object>;

export function accountsRoutes({ access, keyAdmin, ledger }: AccountsRoutesDependencies): Router {
  const router = Router();
  const reports = new ReportLimit(systemClock);

  /** A route for administrators, with its answer as JSON. */
  const managed = (status: number, handler: Managed) => async (request: Request, response: Response) => {
    const identity = await access.identify(request);
    if (!identity.mayManage) {
      throw forbidden(
        'Only the administrator key manages keys and projects: set ADMIN_KEY and send it, or use `npm run keys`.',
      );
    }
    response.status(status).json(await handler(identity.caller.scope, request));
  };
  const body = (request: Request) => readJson(request, MAX_BODY_BYTES);

  router
    .route('/keys')
    .post(managed(201, async (actor, request) => keyAdmin.createKey(await body(request), actor)))
    .get(managed(200, () => keyAdmin.listKeys()));
  router.post(
    '/keys/:id/rotate',
    managed(200, (actor, request) => keyAdmin.rotateKey(idOf(request), actor)),
  );
  router
    .route('/keys/:id')
    .get(async (request: Request, response: Response) => {
      const { isAdmin, key } = await access.identify(request);
      if (!isAdmin && key?.id !== idOf(request)) throw forbidden('A key can see itself and no other.');
      response.json(await keyAdmin.showKey(idOf(request)));
    })
    .patch(
      managed(200, async (actor, request) => keyAdmin.changeKey(idOf(request), await body(request), actor)),
    )
    .delete(managed(200, (actor, request) => keyAdmin.revokeKey(idOf(request), actor)));
  router
    .route('/projects')
    .post(managed(201, async (actor, request) => keyAdmin.createProject(await body(request), actor)))
    .get(managed(200, () => keyAdmin.listProjects()));
  router
    .route('/projects/:id')
    .get(managed(200, (_actor, request) => keyAdmin.showProject(idOf(request))))
    .patch(
      managed(200, async (actor, request) =>
        keyAdmin.changeProject(idOf(request), await body(request), actor),
      ),
    )
    .delete(managed(200, (actor, request) => keyAdmin.deleteProject(idOf(request), actor)));

  router.get('/usage', async (request: Request, response: Response) => {
    const keyId = ownKeyId(await access.identify(request));
    if (keyId !== undefined) reports.take(keyId);
    const query = parseUsageQuery(request.query, keyId);
    const report = await ledger.usage(query);
    if (request.accepts(['json', 'csv']) === 'csv')
      response.type('text/csv').send(usageCsv(query.groupBy, report));
    else response.json(report);
  });

  router.get('/requests/:id', async (request: Request, response: Response) => {
    const receipt = await ledger.find(idOf(request), ownKeyId(await access.identify(request)));
    if (!receipt)
      throw new Failure('invalid_request', 'There is no such request, or it is not yours.', {
        status: 404,
        param: 'id',
      });
    response.json(receipt);
  });

  for (const path of [
    '/keys',
    '/keys/:id',
    '/keys/:id/rotate',
    '/projects',
    '/projects/:id',
    '/usage',
    '/requests/:id',
  ]) {
    router.all(path, (request: Request) => {
      throw new Failure('invalid_request', `${request.path} does not take ${request.method}.`, {
        status: 405,
      });
    });
  }
  return router;
}

function idOf(request: Request): string {
  return String(request.params.id);
}

/** Administrators see everything; a key its own. @throws {Failure} `unauthorized` for those who are neither */
function ownKeyId({ isAdmin, key }: Identity): string | undefined {
  if (isAdmin) return undefined;
  if (!key) throw forbidden('Usage and receipts are for the administrator and for caller keys.');
  return key.id;
}

function forbidden(message: string): Failure {
  return new Failure('unauthorized', message, { status: 403 });
}
