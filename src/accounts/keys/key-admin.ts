import { Failure, invalidRequest } from '../../failures/failure.ts';
import type { Actor } from './audited-change.ts';
import type { Key, Project } from './key.ts';
import { keyFieldsOf, keyOutput, parseKey, parseKeyChange } from './key-input.ts';
import type { KeyQuery } from './key-list.ts';
import type { KeyStore } from './key-store.ts';
import type { ProjectStore } from './project-store.ts';
import type { SpendingReport } from './spending-report.ts';
import { keySubject } from './subjects.ts';

/** @throws {Failure} `invalid_request` */
export type CheckModels = (names: readonly string[]) => void;

/** Who is told of changes, so that they hold at once and not only when a cached key grows old. */
export interface KeyListener {
  /** After every change, so that keys at hand are looked up anew. */
  changed(): void;
  /** A key has a new secret. */
  rotated(id: string): Promise<void>;
}

/**
 * What the administrator's routes and the command line do with keys. Bodies and replies are those of the API (snake case,
 * dollars, ISO times); each method throws a {@link Failure} `invalid_request`: 404 for a key that is not there, 409 for a change
 * that its state forbids.
 */
export class KeyAdmin {
  readonly #store: KeyStore;
  readonly #projects: ProjectStore;
  readonly #spending: SpendingReport;
  readonly #listener: KeyListener;

  constructor(store: KeyStore, projects: ProjectStore, spending: SpendingReport, listener: KeyListener) {
    this.#store = store;
    this.#projects = projects;
    this.#spending = spending;
    this.#listener = listener;
  }

  /** @param checkModels of the server that will serve them; throws for a name it does not know */
  async create(body: unknown, actor: Actor, checkModels: CheckModels = () => {}) {
    const input = parseKey(body);
    checkModels(input.models ?? []);
    const project = projectIn(await this.#projects.list(), input.project);
    const { key, token } = await this.#store.create(keyFieldsOf(input, project), actor);
    return withToken(key, token);
  }

  /** With what each has spent. */
  async list(query: Omit<KeyQuery, 'now'>) {
    const { keys, hasMore } = await this.#store.list({ ...query, now: Date.now() });
    const spending = await this.#spending.of(keys.map(keySubject));
    const last = keys.at(-1);
    return {
      data: keys.map((key, at) => ({ ...keyOutput(key), ...spending[at]! })),
      next: hasMore && last ? { createdAt: last.createdAt, id: last.id } : undefined,
    };
  }

  async show(id: string) {
    const key = await this.#key(id);
    const [spending] = await this.#spending.of([keySubject(key)]);
    return { ...keyOutput(key), ...spending! };
  }

  async change(id: string, body: unknown, actor: Actor, checkModels: CheckModels = () => {}) {
    const key = await this.#key(id);
    const change = parseKeyChange(body);
    checkModels(change.models ?? []);
    const changed = await this.#store.update(
      key.id,
      (current, projects) => {
        const {
          id: _id,
          last_four: _four,
          project_alias: _projectAlias,
          state: _state,
          blocked_at: _blocked,
          revoked_at: _revoked,
          created_at: _created,
          ...now
        } = keyOutput(current);
        const input = { ...now, ...change } as unknown as ReturnType<typeof parseKey>;
        return keyFieldsOf(input, projectIn(projects, input.project));
      },
      actor,
    );
    this.#listener.changed();
    return keyOutput(changed!);
  }

  async rotate(id: string, actor: Actor) {
    const key = await this.#key(id);
    if (key.revokedAt !== null) throw invalidRequest('This key has been revoked: make a new one.', 'id', 409);
    const { key: rotated, token } = (await this.#store.rotate(id, actor))!;
    await this.#listener.rotated(id);
    this.#listener.changed();
    return withToken(rotated, token);
  }

  async revoke(id: string, actor: Actor) {
    await this.#key(id);
    const revoked = await this.#store.revoke(id, actor);
    this.#listener.changed();
    return keyOutput(revoked!);
  }

  /** A blocked key does not work until it is unblocked. */
  async setBlocked(id: string, isBlocked: boolean, actor: Actor) {
    const key = await this.#key(id);
    if (key.revokedAt !== null) throw invalidRequest('This key has been revoked, for good.', 'id', 409);
    const changed = await this.#store.setBlocked(key.id, isBlocked, actor);
    this.#listener.changed();
    return keyOutput(changed!);
  }

  async #key(id: string): Promise<Key> {
    const key = await this.#store.get(id);
    if (!key)
      throw new Failure('invalid_request', `There is no key ${id.slice(0, 64)}.`, {
        status: 404,
        param: 'id',
      });
    return key;
  }
}

/** The token is in no other answer: it is shown this once. */
function withToken(key: Key, token: string) {
  const { id, ...rest } = keyOutput(key);
  return { id, key: token, ...rest };
}

/** @param name id or alias. @throws {Failure} `invalid_request` when there is none */
function projectIn(projects: readonly Project[], name: string | null | undefined): Project | null {
  if (!name) return null;
  const project = projects.find(({ id }) => id === name) ?? projects.find(({ alias }) => alias === name);
  if (project) return project;
  throw invalidRequest(`\`project\` names ${name}, and there is none: POST /projects makes one.`, 'project');
}
