/** A JSON schema as a list of fields, as people read it. */
import { html } from '../parts/html.js';
import { Markdown } from '../parts/markdown.js';

/** Deeper fields are seen where their own object is told. */
const MAX_DEPTH = 5;

/** @param {any} schema @param {any} document @returns {any} what it refers to */
export function resolve(schema, document) {
  let found = schema;
  for (let step = 0; found?.$ref && step < 10; step++)
    found = found.$ref
      .replace(/^#\//, '')
      .split('/')
      .reduce(
        (/** @type {any} */ at, /** @type {string} */ name) =>
          at?.[name.replaceAll('~1', '/').replaceAll('~0', '~')],
        document,
      );
  return found ?? {};
}

/** @param {any} schema @param {any} document @returns {string} its type in a few words */
export function typeOf(schema, document) {
  const found = resolve(schema, document);
  const choices = found.anyOf ?? found.oneOf;
  if (choices)
    return [...new Set(choices.map((/** @type {any} */ one) => typeOf(one, document)))].join(' or ');
  if (found.const !== undefined) return JSON.stringify(found.const);
  if (found.enum) return found.enum.map((/** @type {any} */ value) => JSON.stringify(value)).join(', ');
  if (found.type === 'array') return `list of ${typeOf(found.items ?? {}, document)}`;
  if (Array.isArray(found.type)) return found.type.join(' or ');
  return found.type ?? 'any';
}

/**
 * The least that a schema takes: what it requires, or its first field.
 * @param {any} schema @param {any} document @returns {any}
 */
export function exampleOfSchema(schema, document) {
  const found = resolve(schema, document);
  if (found.const !== undefined) return found.const;
  if (found.enum) return found.enum[0];
  const [choice] = found.anyOf ?? found.oneOf ?? found.allOf ?? [];
  if (choice) return exampleOfSchema(choice, document);
  const type = Array.isArray(found.type) ? found.type[0] : found.type;
  if (type === 'object') {
    const names = Object.keys(found.properties ?? {});
    const shown = found.required?.length > 0 ? found.required : names.slice(0, 1);
    return Object.fromEntries(
      shown.map((/** @type {string} */ name) => [name, exampleOfSchema(found.properties?.[name], document)]),
    );
  }
  if (type === 'array') return [exampleOfSchema(found.items ?? {}, document)];
  if (type === 'integer' || type === 'number') return Math.max(1, found.minimum ?? 1);
  return type === 'boolean' ? true : '…';
}

/** @param {{ schema: any, document: any, depth?: number }} properties */
export function SchemaView({ schema, document, depth = 0 }) {
  const found = resolve(schema, document);
  const inner = found.type === 'array' ? resolve(found.items ?? {}, document) : found;
  const properties = { ...inner.properties };
  for (const part of inner.allOf ?? []) Object.assign(properties, resolve(part, document).properties);
  const names = Object.keys(properties);
  if (names.length === 0) {
    const choices = (inner.anyOf ?? inner.oneOf ?? []).filter(
      (/** @type {any} */ one) => resolve(one, document).properties,
    );
    return choices.length > 0 && depth < MAX_DEPTH
      ? choices.map(
          (/** @type {any} */ one, /** @type {number} */ at) =>
            html`<div class="schema-choice"><p class="hint">${at === 0 ? 'Either' : 'or'}</p><${SchemaView} schema=${one} document=${document} depth=${depth + 1} /></div>`,
        )
      : null;
  }
  const required = new Set(inner.required ?? []);
  return html`<ul class="schema">${names.map((name) => {
    const field = resolve(properties[name], document);
    const hasMore = depth < MAX_DEPTH && hasFields(field, document);
    const head = html`<code class="schema-name">${name}</code> <span class="hint">${typeOf(properties[name], document)}${required.has(name) ? ', required' : ''}${field.default !== undefined ? `, default ${JSON.stringify(field.default)}` : ''}</span>`;
    return html`<li key=${name}>
      ${hasMore ? html`<details><summary>${head}</summary>${field.description && html`<${Markdown} text=${field.description} />`}<${SchemaView} schema=${field} document=${document} depth=${depth + 1} /></details>` : html`<p>${head}</p>${field.description && html`<${Markdown} text=${field.description} />`}`}
    </li>`;
  })}</ul>`;
}

/** @param {any} schema @param {any} document @returns {boolean} */
function hasFields(schema, document) {
  const found = resolve(schema, document);
  if (found.properties) return true;
  if (found.type === 'array') return hasFields(found.items ?? {}, document);
  return (found.anyOf ?? found.oneOf ?? found.allOf ?? []).some((/** @type {any} */ one) =>
    hasFields(one, document),
  );
}
