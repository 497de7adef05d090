/**
 * `"promptlayer": {"prompt_name", "version" or "label", "variables"}`: the messages of a prompt template, to which those of
 * the request (or its `prompt`) are added, and its parameters where the request has none of its own.
 */
import { z } from 'zod';
import type { UsedTemplate } from '../../events/receipt.ts';
import { Failure, invalidRequest } from '../../failures/failure.ts';
import type { PromptTemplates, RenderedTemplate } from '../../promptlayer/prompt-templates.ts';
import { PromptLayerError } from '../../promptlayer/promptlayer-thread.ts';

const MAX_VARIABLES = 200;

/** The name becomes a part of a path at PromptLayer: no other place of its API may be reached by it. */
const name = z
  .string('must be the name of a prompt template')
  .min(1, 'must be the name of a prompt template')
  .max(200, 'must have at most 200 characters')
  .refine((text) => !/[/\\?#%\p{Cc}]|^\.+$/u.test(text), 'must not hold / \\ ? # or %');
const reference = z.strictObject(
  {
    prompt_name: name,
    version: z.int('must be a whole number').min(1).nullish(),
    label: z.string().min(1).max(200).nullish(),
    variables: z
      .record(
        z.string(),
        z.union([z.string(), z.number(), z.boolean()], 'must be a text, a number or true or false'),
      )
      .refine((all) => Object.keys(all).length <= MAX_VARIABLES, `must be at most ${MAX_VARIABLES}`)
      .nullish(),
  },
  'must be an object such as {"prompt_name": "code-helper", "variables": {"language": "Go"}}',
);

/** True for a body that asks for a template. */
export function asksForTemplate(body: unknown): body is { readonly promptlayer: unknown } {
  return typeof body === 'object' && body !== null && 'promptlayer' in body && body.promptlayer != null;
}

/**
 * @param templates absent where there is no PROMPTLAYER_API_KEY
 * @returns the body without its reference, with the template's messages in it
 * @throws {Failure} naming the field and the fix, or that PromptLayer cannot be asked now
 */
export async function withTemplate(
  body: { readonly promptlayer: unknown },
  templates: PromptTemplates | undefined,
): Promise<{ body: object; used: UsedTemplate }> {
  const parsed = reference.safeParse(body.promptlayer);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = ['promptlayer', ...issue!.path].join('.');
    throw invalidRequest(`\`${place}\` ${issue!.message}.`, place);
  }
  if (!templates) {
    const message = '`promptlayer` needs PROMPTLAYER_API_KEY on this server. Send `messages` instead.';
    throw invalidRequest(message, 'promptlayer');
  }
  const { prompt_name: wanted, version, label, variables: given } = parsed.data;
  const variables = given ?? {};
  const ask = { name: wanted, version: version ?? undefined, label: label ?? undefined, variables };
  const template = await templates.render(ask).catch((error: unknown) => {
    throw asFailure(error, wanted);
  });
  if (template.missing.length > 0) {
    const names = template.missing.map((variable) => `\`${variable}\``).join(', ');
    throw invalidRequest(
      `The template ${wanted} also needs ${names} in \`variables\`.`,
      'promptlayer.variables',
    );
  }
  return { body: merged(body, template), used: { name: wanted, version: template.version, variables } };
}

function merged(body: object, { messages, parameters }: RenderedTemplate): object {
  const {
    promptlayer: _reference,
    prompt,
    messages: own,
    ...rest
  } = body as Readonly<Record<string, unknown>>;
  if (prompt != null && own != null)
    throw invalidRequest('Send either `prompt` or `messages`, not both.', 'prompt');
  if (own != null && !Array.isArray(own)) throw invalidRequest('`messages` must be a list.', 'messages');
  const added = Array.isArray(own) ? own : prompt == null ? [] : [{ role: 'user', content: prompt }];
  const missing = Object.entries(parameters).filter(([parameter]) => rest[parameter] == null);
  return { ...rest, ...Object.fromEntries(missing), messages: [...messages, ...added] };
}

function asFailure(error: unknown, wanted: string): unknown {
  if (!(error instanceof PromptLayerError)) return error;
  const { status, message } = error;
  if (status === 404)
    return invalidRequest(`PromptLayer has no such template: ${wanted}.`, 'promptlayer.prompt_name', 404);
  if (status === 400 || status === 422)
    return invalidRequest(
      `PromptLayer refuses the template ${wanted}: ${message.slice(0, 300)}`,
      'promptlayer',
    );
  if (status === 401 || status === 403)
    return new Failure('upstream_unauthorized', 'PromptLayer refuses the key of this server.');
  return new Failure('upstream_unavailable', 'PromptLayer cannot be asked for the template now. Try again.');
}
