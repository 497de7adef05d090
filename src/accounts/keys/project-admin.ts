import { Failure, invalidRequest } from '../../failures/failure.ts';
import type { Actor } from './audited-change.ts';
import type { Project } from './key.ts';
import type { KeyListener } from './key-admin.ts';
import { parseProject, parseProjectChange, projectFieldsOf, projectOutput } from './key-input.ts';
import type { ProjectStore } from './project-store.ts';
import type { SpendingReport } from './spending-report.ts';
import { projectSubject } from './subjects.ts';

/**
 * What the administrator's routes and the command line do with projects. Bodies and replies are those of the API (snake case,
 * dollars, ISO times); each method throws a {@link Failure} `invalid_request`: 404 for a project that is not there, 409 for an
 * alias that another one has.
 */
export class ProjectAdmin {
  readonly #store: ProjectStore;
  readonly #spending: SpendingReport;
  readonly #listener: Pick<KeyListener, 'changed'>;

  constructor(store: ProjectStore, spending: SpendingReport, listener: Pick<KeyListener, 'changed'>) {
    this.#store = store;
    this.#spending = spending;
    this.#listener = listener;
  }

  async create(body: unknown, actor: Actor) {
    const input = parseProject(body);
    rejectTwin(await this.#store.list(), input.alias);
    return projectOutput(await this.#store.create(projectFieldsOf(input), actor));
  }

  async list() {
    const projects = await this.#store.list();
    const spending = await this.#spending.of(projects.map(projectSubject));
    const keys = await this.#store.countKeys();
    return {
      data: projects.map((project, at) => ({
        ...projectOutput(project),
        ...spending[at]!,
        keys: keys.get(project.id) ?? 0,
      })),
    };
  }

  async show(id: string) {
    const project = await this.#project(id);
    const [spending] = await this.#spending.of([projectSubject(project)]);
    return { ...projectOutput(project), ...spending! };
  }

  async change(id: string, body: unknown, actor: Actor) {
    const project = await this.#project(id);
    const change = parseProjectChange(body);
    const changed = await this.#store.update(
      project.id,
      (current, others) => {
        const { id: _id, created_at: _created, ...now } = projectOutput(current);
        const input = { ...now, ...change } as unknown as ReturnType<typeof parseProject>;
        if (input.alias !== current.alias) rejectTwin(others, input.alias);
        return projectFieldsOf(input);
      },
      actor,
    );
    this.#listener.changed();
    return projectOutput(changed!);
  }

  /** Its keys are revoked with it. */
  async delete(id: string, actor: Actor) {
    const project = await this.#project(id);
    await this.#store.delete(project.id, actor);
    this.#listener.changed();
    return { ...projectOutput(project), deleted: true, keys_revoked: true };
  }

  async #project(id: string): Promise<Project> {
    const project = await this.#store.get(id);
    if (!project)
      throw new Failure('invalid_request', `There is no project ${id.slice(0, 64)}.`, {
        status: 404,
        param: 'id',
      });
    return project;
  }
}

function rejectTwin(projects: readonly Project[], name: string): void {
  if (projects.some(({ id, alias }) => id === name || alias === name))
    throw invalidRequest(`There is a project named ${name} already.`, 'alias', 409);
}
