/** One route: what it takes, what it answers, and a call that can be copied. */
import { classes, html } from '../parts/html.js';
import { CodeBlock, Markdown } from '../parts/markdown.js';
import { exampleOfSchema, resolve, SchemaView, typeOf } from './schema-view.js';

/**
 * @typedef {object} Operation
 * @property {string} id for links
 * @property {string} method
 * @property {string} path
 * @property {string} tag
 * @property {any} spec
 */

/** @param {{ operation: Operation, document: any, needsKey: boolean }} properties */
export function OperationView({ operation: { id, method, path, spec }, document, needsKey }) {
  const parameters = (spec.parameters ?? []).map((/** @type {any} */ one) => resolve(one, document));
  const body = resolve(spec.requestBody ?? {}, document);
  const content = body.content?.['application/json'];
  const isOpen = Array.isArray(spec.security) && spec.security.length === 0;
  return html`<article class="card operation" id=${id} aria-labelledby="${id}-title">
    <h3 id="${id}-title"><span class=${classes('method', method)}>${method.toUpperCase()}</span> <code>${path}</code></h3>
    ${spec.summary && html`<p class="verdict">${spec.summary}</p>`}
    ${spec.description && html`<${Markdown} text=${spec.description} />`}
    ${
      parameters.length > 0 &&
      html`<h4>Parameters</h4><div class="scroll" tabindex="0" role="group" aria-label=${`Parameters of ${method} ${path}`}><table>
      <thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead>
      <tbody>${parameters.map((/** @type {any} */ one) => html`<tr><th scope="row"><code>${one.name}</code></th><td>${one.in}${one.required ? ', required' : ''}</td><td>${typeOf(one.schema ?? {}, document)}</td><td>${one.description ?? ''}</td></tr>`)}</tbody></table></div>`
    }
    ${content?.schema && html`<h4>Body</h4><${SchemaView} schema=${content.schema} document=${document} />`}
    <h4>Replies</h4>
    ${Object.entries(spec.responses ?? {}).map(([status, given]) => {
      const response = resolve(given, document);
      const [type, media] = Object.entries(response.content ?? {})[0] ?? [];
      const schema = /** @type {any} */ (media)?.schema;
      return html`<details class="reply"><summary><span class=${classes('tag', status < '400' ? 'good' : 'warn')}>${status}</span> ${response.description ?? ''}${type && html` <span class="hint">${type}</span>`}</summary>
        ${schema ? html`<${SchemaView} schema=${schema} document=${document} />` : html`<p class="hint">No fields are described.</p>`}</details>`;
    })}
    <${CodeBlock} language="bash" code=${curlOf(method, path, content, needsKey && !isOpen, document)} />
  </article>`;
}

/** @param {string} method @param {string} path @param {any} content @param {boolean} needsKey @param {any} document @returns {string} */
function curlOf(method, path, content, needsKey, document) {
  const address = `${location.origin}${path}`;
  const example =
    content?.example ??
    Object.values(content?.examples ?? {}).map((/** @type {any} */ one) => resolve(one, document).value)[0];
  const lines = [
    `curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}${/[{]/.test(path) ? `'${address}'` : address}`,
    ...(needsKey ? ['-H "authorization: Bearer $CODELLAMA_API_KEY"'] : []),
    ...(content
      ? [
          "-H 'content-type: application/json'",
          `-d '${JSON.stringify(example ?? exampleOfSchema(content.schema, document)).replaceAll("'", `'\\''`)}'`,
        ]
      : []),
  ];
  return lines.join(' \\\n  ');
}
