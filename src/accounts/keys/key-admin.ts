/** What the administrator's routes and the command line do with keys and projects. */
import { toDollars } from '../../core/money.ts';
import { Failure, invalidRequest } from '../../failures/failure.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Counters, Subject } from '../limits/limits.ts';
import type { Key, Project } from './key.ts';
import {
  keyFieldsOf,
  keyOutput,
  parseKey,
  parseKeyChange,
  parseProject,
  parseProjectChange,
  projectFieldsOf,
  projectOutput,
} from './key-input.ts';
import type { KeyQuery } from './key-list.ts';
import type { Actor, KeyStore } from './key-store.ts';
import { keySubject, projectSubject } from './subjects.ts';

type Body = Record<string, unknown>;

/** @throws {Failure} `invalid_request` */
export type CheckModels = (names: readonly string[]) => void;

/** A database takes only so many parameters. */
const SUBJECTS_AT_ONCE = 500;

export interface KeyListener {
  /** After every change, so that keys at hand are looked up anew. */
  changed(): void;
  /** A key has a new secret. */
  rotated(id: string): Promise<void>;
}

export class KeyAdmin {
  readonly #store: KeyStore;
  readonly #counters: Counters;
  readonly #ledger: Ledger;
  readonly #listener: KeyListener;

  constructor(store: KeyStore, counters: Counters, ledger: Ledger, listener: KeyListener) {
    this.#store = store;
    this.#counters = counters;
    this.#ledger = ledger;
    this.#listener = listener;
  }

  /** @param checkModels of the server that will serve them; throws for a name it does not know */
  async createKey(body: unknown, actor: Actor, checkModels: CheckModels = () => {}) {
    const input = parseKey(body);
    checkModels(input.models ?? []);
    const project = projectIn(await this.#store.listProjects(), input.project);
    const { key, token } = await this.#store.create(keyFieldsOf(input, project), actor);
    return withToken(key, token);
  }

  /** With what each has spent. */
  async listKeys(query: Omit<KeyQuery, 'now'>) {
    const { keys, hasMore } = await this.#store.list({ ...query, now: Date.now() });
    const spending = await this.#spendingOf(keys.map(keySubject));
    const last = keys.at(-1);
    return {
      data: keys.map((key, at) => ({ ...keyOutput(key), ...spending[at]! })),
      next: hasMore && last ? { createdAt: last.createdAt, id: last.id } : undefined,
    };
  }

  async showKey(id: string) {
    const key = await this.#key(id);
    const [spending] = await this.#spendingOf([keySubject(key)]);
    return { ...keyOutput(key), ...spending! };
  }

  async changeKey(id: string, body: unknown, actor: Actor, checkModels: CheckModels = () => {}) {
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
        const input = merged(now, change) as unknown as ReturnType<typeof parseKey>;
        return keyFieldsOf(input, projectIn(projects, input.project));
      },
      actor,
    );
    this.#listener.changed();
    return keyOutput(changed!);
  }

  async rotateKey(id: string, actor: Actor) {
    const key = await this.#key(id);
    if (key.revokedAt !== null) throw invalidRequest('This key has been revoked: make a new one.', 'id', 409);
    const { key: rotated, token } = (await this.#store.rotate(id, actor))!;
    await this.#listener.rotated(id);
    this.#listener.changed();
    return withToken(rotated, token);
  }

  async revokeKey(id: string, actor: Actor) {
    await this.#key(id);
    const revoked = await this.#store.revoke(id, actor);
    this.#listener.changed();
    return keyOutput(revoked!);
  }

  /** A blocked key does not work until it is unblocked. */
  async blockKey(id: string, isBlocked: boolean, actor: Actor) {
    const key = await this.#key(id);
    if (key.revokedAt !== null) throw invalidRequest('This key has been revoked, for good.', 'id', 409);
    const changed = await this.#store.setBlocked(key.id, isBlocked, actor);
    this.#listener.changed();
    return keyOutput(changed!);
  }

  async createProject(body: unknown, actor: Actor) {
    const input = parseProject(body);
    rejectTwin(await this.#store.listProjects(), input.alias);
    return projectOutput(await this.#store.createProject(projectFieldsOf(input), actor));
  }

  async listProjects() {
    const projects = await this.#store.listProjects();
    const spending = await this.#spendingOf(projects.map(projectSubject));
    const keys = await this.#store.keysOfProjects();
    return {
      data: projects.map((project, at) => ({
        ...projectOutput(project),
        ...spending[at]!,
        keys: keys.get(project.id) ?? 0,
      })),
    };
  }

  async showProject(id: string) {
    const project = await this.#project(id);
    const [spending] = await this.#spendingOf([projectSubject(project)]);
    return { ...projectOutput(project), ...spending! };
  }

  async changeProject(id: string, body: unknown, actor: Actor) {
    const project = await this.#project(id);
    const change = parseProjectChange(body);
    const changed = await this.#store.updateProject(
      project.id,
      (current, others) => {
        const { id: _id, created_at: _created, ...now } = projectOutput(current);
        const input = merged(now, change) as unknown as ReturnType<typeof parseProject>;
        if (input.alias !== current.alias) rejectTwin(others, input.alias);
        return projectFieldsOf(input);
      },
      actor,
    );
    this.#listener.changed();
    return projectOutput(changed!);
  }

  /** Its keys are revoked with it. */
  async deleteProject(id: string, actor: Actor) {
    const project = await this.#project(id);
    await this.#store.deleteProject(project.id, actor);
    this.#listener.changed();
    return { ...projectOutput(project), deleted: true, keys_revoked: true };
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

  async #project(id: string): Promise<Project> {
    const project = await this.#store.getProject(id);
    if (!project)
      throw new Failure('invalid_request', `There is no project ${id.slice(0, 64)}.`, {
        status: 404,
        param: 'id',
      });
    return project;
  }

  /** In the current period of each one's budget; of all time where there is none. */
  async #spendingOf(subjects: readonly Subject[]) {
    const unlimited = subjects.filter(({ limits }) => !limits.budget).map(({ id }) => id);
    const spent = new Map<string, number>();
    for (let at = 0; at < unlimited.length; at += SUBJECTS_AT_ONCE) {
      const some = await this.#ledger.spentInAll(unlimited.slice(at, at + SUBJECTS_AT_ONCE));
      for (const [id, sum] of some) spent.set(id, sum);
    }
    return Promise.all(
      subjects.map(async (subject) => {
        const { budget } = subject.limits;
        if (!budget) {
          const spent_usd = toDollars(spent.get(subject.id) ?? 0);
          return { spent_usd, held_usd: 0, remaining_usd: null, resets_at: null };
        }
        const state = await this.#counters.state(subject);
        return {
          spent_usd: toDollars(state.spent),
          held_usd: toDollars(state.held),
          remaining_usd: toDollars(Math.max(0, budget.amount - state.spent - state.held)),
          resets_at: state.resetsAt === undefined ? null : new Date(state.resetsAt).toISOString(),
        };
      }),
    );
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

function rejectTwin(projects: readonly Project[], name: string): void {
  if (projects.some(({ id, alias }) => id === name || alias === name))
    throw invalidRequest(`There is a project named ${name} already.`, 'alias', 409);
}

function merged(now: Body, change: object): Body {
  return { ...now, ...change };
}
