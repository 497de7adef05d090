/** An answer's Markdown as elements. No markup of it is ever taken as markup of the page: what is HTML in it is shown as text. */
import { marked } from 'marked';
import { CopyButton } from './copy.js';
import { Highlighted } from './highlight.js';
import { html } from './html.js';

/** @param {{ text: string }} properties */
export function Markdown({ text }) {
  return html`<div class="markdown">${marked.lexer(text).map(block)}</div>`;
}

/** @param {{ code: string, language?: string }} properties */
export function CodeBlock({ code, language = '' }) {
  return html`<div class="code-block">
    <div class="code-head"><span>${language || 'code'}</span><${CopyButton} text=${code} what="the code" /></div>
    <pre tabindex="0" aria-label=${`Code${language ? `: ${language}` : ''}`}><code><${Highlighted} code=${code} language=${language} /></code></pre>
  </div>`;
}

/** @param {any} token @returns {any} */
function block(token) {
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'code':
      return html`<${CodeBlock} code=${token.text} language=${(token.lang ?? '').split(/\s/)[0]} />`;
    case 'heading':
      // Below the headings of the page itself.
      return html`<p class=${`heading-${token.depth}`} role="heading" aria-level=${Math.min(6, token.depth + 2)}>${inline(token.tokens)}</p>`;
    case 'paragraph':
      return html`<p>${inline(token.tokens)}</p>`;
    case 'blockquote':
      return html`<blockquote>${token.tokens.map(block)}</blockquote>`;
    case 'hr':
      return html`<hr />`;
    case 'list': {
      const items = token.items.map((/** @type {any} */ item) => html`<li>${item.tokens.map(block)}</li>`);
      return token.ordered ? html`<ol start=${token.start || 1}>${items}</ol>` : html`<ul>${items}</ul>`;
    }
    case 'table':
      return html`<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>
        <thead><tr>${token.header.map((/** @type {any} */ cell) => html`<th scope="col">${inline(cell.tokens)}</th>`)}</tr></thead>
        <tbody>${token.rows.map((/** @type {any[]} */ row) => html`<tr>${row.map((cell) => html`<td>${inline(cell.tokens)}</td>`)}</tr>`)}</tbody>
      </table></div>`;
    case 'text':
      return token.tokens ? inline(token.tokens) : decode(token.text);
    default:
      return token.raw;
  }
}

/** @param {any[]} [tokens] @returns {any} */
function inline(tokens = []) {
  return tokens.map((token) => {
    switch (token.type) {
      case 'strong':
        return html`<strong>${inline(token.tokens)}</strong>`;
      case 'em':
        return html`<em>${inline(token.tokens)}</em>`;
      case 'del':
        return html`<del>${inline(token.tokens)}</del>`;
      case 'codespan':
        return html`<code>${token.text}</code>`;
      case 'br':
        return html`<br />`;
      case 'link':
        return /^https?:/i.test(token.href)
          ? html`<a href=${token.href} rel="noreferrer noopener" target="_blank">${inline(token.tokens)}</a>`
          : inline(token.tokens);
      case 'image':
        // An answer must not make a browser ask other servers for anything.
        return `[${token.text}]`;
      case 'escape':
      case 'text':
        return token.tokens ? inline(token.tokens) : decode(token.text);
      default:
        return token.raw;
    }
  });
}

/** What is written as an entity in Markdown. @param {string} text @returns {string} */
function decode(text) {
  const names = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (name) => names[/** @type {keyof typeof names} */ (name)]);
}
