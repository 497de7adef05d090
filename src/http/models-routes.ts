/** `GET /v1/models` and `GET /v1/models/{id}`, in OpenAI's shape or, to those who name its version, in Anthropic's. */
import { type Request, type Response, Router } from 'express';
import type { Caller } from '../chat/admission.ts';
import { asAnthropicModel, type ModelListing } from '../chat/model-list.ts';
import type { Access } from './access.ts';

export interface Models {
  readonly list: (caller: Caller) => ModelListing[];
  /** @throws {Failure} `invalid_request` (404) where there is none, `unauthorized` (403) where it is not the caller's */
  readonly find: (id: string, caller: Caller) => ModelListing;
}

const MAX_PAGE = 1_000;

/** Handler of the list, which has several paths. */
export function modelsHandler({ access, models }: { access: Access; models: Models }) {
  return async (request: Request, response: Response): Promise<void> => {
    const { caller } = await access.identify(request);
    const all = models.list(caller);
    if (!isForAnthropic(request)) {
      response.json({ object: 'list', data: all });
      return;
    }
    const after = all.findIndex(({ id }) => id === request.query.after_id) + 1;
    const page = all.slice(after, after + pageSize(request.query.limit)).map(asAnthropicModel);
    response.json({
      data: page,
      has_more: after + page.length < all.length,
      first_id: page[0]?.id ?? null,
      last_id: page.at(-1)?.id ?? null,
    });
  };
}

/** One model; its id may hold slashes, written as they are or as `%2F`. */
export function modelRoute(parts: { access: Access; models: Models }): Router {
  const router = Router();
  router.get(['/v1/models/*id', '/models/*id'], async (request: Request, response: Response, next) => {
    const id = (request.params.id as unknown as string[]).join('/');
    // What an administrator asks of all models is another route's.
    if (id === 'health' || id.startsWith('health/')) return next();
    const { caller } = await parts.access.identify(request);
    const model = parts.models.find(id, caller);
    response.json(isForAnthropic(request) ? asAnthropicModel(model) : model);
  });
  return router;
}

function isForAnthropic(request: Request): boolean {
  return request.headers['anthropic-version'] !== undefined;
}

/** Anthropic's list has 20 a page unless more are asked for. */
function pageSize(limit: unknown): number {
  const size = Number(limit ?? 20);
  return Number.isInteger(size) && size > 0 ? Math.min(size, MAX_PAGE) : 20;
}
