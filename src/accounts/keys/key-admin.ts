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
import type { Actor, KeyStore } from './key-store.ts';
import { keySubject, projectSubject } from './subjects.ts';

type Body = Record<string, unknown>;

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

  async createKey(body: unknown, actor: Actor) {
    const input = parseKey(body);
    const project = projectIn(await this.#store.listProjects(), input.project);
    const { key, token } = await this.#store.create(keyFieldsOf(input, project), actor);
    return withToken(key, token);
  }

  async listKeys() {
    return { data: (await this.#store.list()).map(keyOutput) };
  }

  async showKey(id: string) {
    const key = await this.#key(id);
    return { ...keyOutput(key), ...(await this.#spending(keySubject(key))) };
  }

  async changeKey(id: string, body: unknown, actor: Actor) {
    const key = await this.#key(id);
    const change = parseKeyChange(body);
    const changed = await this.#store.update(
      key.id,
      (current, projects) => {
        const {
          id: _id,
          last_four: _four,
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
    return { data: (await this.#store.listProjects()).map(projectOutput) };
  }

  async showProject(id: string) {
    const project = await this.#project(id);
    return { ...projectOutput(project), ...(await this.#spending(projectSubject(project))) };
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

  async #spending(subject: Subject) {
    const { budget } = subject.limits;
    if (!budget) {
      const spent = await this.#ledger.spentSince(subject.id, 0);
      return { spent_usd: toDollars(spent), held_usd: 0, remaining_usd: null, resets_at: null };
    }
    const { spent, held, resetsAt } = await this.#counters.state(subject);
    return {
      spent_usd: toDollars(spent),
      held_usd: toDollars(held),
      remaining_usd: toDollars(Math.max(0, budget.amount - spent - held)),
      resets_at: resetsAt === undefined ? null : new Date(resetsAt).toISOString(),
    };
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
