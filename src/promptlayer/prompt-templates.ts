/** Prompt templates from PromptLayer, rendered with a request's variables. */
import { type PromptLayerOptions, PromptLayerThread } from './promptlayer-thread.ts';

/** Milliseconds: a caller waits for it. */
const TEMPLATE_TIMEOUT = 5_000;
/** Parameters of a template's own that are used where the request has none. */
const PARAMETERS = ['temperature', 'top_p', 'max_tokens', 'frequency_penalty', 'presence_penalty', 'stop'];

/** Which template, and what is put into it. */
export interface TemplateRequest {
  readonly name: string;
  /** The newest without one, or the one that the label points to. */
  readonly version?: number | undefined;
  readonly label?: string | undefined;
  readonly variables: Readonly<Record<string, string | number | boolean>>;
}

/** A template with its variables filled in. */
export interface RenderedTemplate {
  readonly version: number | undefined;
  /** OpenAI's; nothing is said of what is in them. */
  readonly messages: readonly object[];
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Variables of the template that the request did not give. */
  readonly missing: readonly string[];
}

/** Templates of one PromptLayer account. */
export interface PromptTemplates {
  /** @throws {PromptLayerError} */
  render(request: TemplateRequest): Promise<RenderedTemplate>;
  close(): Promise<void>;
}

/** Renders by PromptLayer's own package, in its thread. */
export function promptTemplates(options: PromptLayerOptions): PromptTemplates {
  const thread = new PromptLayerThread(options);
  return {
    async render({ name, version, label, variables }) {
      const params = { ...(version && { version }), ...(label && { label }), input_variables: variables };
      // The package puts the name into a path as it is.
      const task = { type: 'template', name: encodeURIComponent(name), params } as const;
      return rendered(await thread.ask(task, TEMPLATE_TIMEOUT), variables);
    },
    close: () => thread.close(),
  };
}

interface Template {
  readonly version?: number;
  readonly prompt_template?: {
    readonly type?: string;
    readonly messages?: readonly TemplateMessage[];
    readonly content?: unknown;
    readonly input_variables?: readonly string[];
  };
  readonly metadata?: { readonly model?: { readonly parameters?: Readonly<Record<string, unknown>> } };
}

interface TemplateMessage {
  readonly role?: string;
  readonly content?: unknown;
  readonly input_variables?: readonly string[];
}

function rendered(answer: unknown, variables: TemplateRequest['variables']): RenderedTemplate {
  const { version, prompt_template: template, metadata } = (answer ?? {}) as Template;
  const messages = template?.messages ?? [{ role: 'user', content: template?.content }];
  const wanted = [template, ...messages].flatMap((part) => part?.input_variables ?? []);
  const own = metadata?.model?.parameters ?? {};
  return {
    version,
    messages: messages.map(({ role, content }) => ({ role, content: textOf(content) })),
    parameters: Object.fromEntries(
      Object.entries(own).filter(([name, value]) => PARAMETERS.includes(name) && value != null),
    ),
    missing: [...new Set(wanted)].filter((name) => !Object.hasOwn(variables, name)),
  };
}

/** PromptLayer has content as a list of parts; one that is text alone is a text. */
function textOf(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  const parts = content as readonly { type?: string; text?: string }[];
  return parts.every(({ type }) => type === 'text') ? parts.map(({ text }) => text).join('') : content;
}
