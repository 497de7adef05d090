/** The question as code to run elsewhere. */
import { useState } from 'preact/hooks';
import { CopyButton } from '../parts/copy.js';
import { Highlighted } from '../parts/highlight.js';
import { html } from '../parts/html.js';
import { doorOf, headersOf, questionOf } from './question.js';
import { KEY_VARIABLE, snippetLanguages } from './snippets.js';

/** @param {{ draft: import('./question-form.js').Draft, isDemo: boolean, needsKey: boolean }} properties */
export function SnippetPanel({ draft, isDemo, needsKey }) {
  const [chosen, choose] = useState('curl');
  const language = snippetLanguages.find(({ id }) => id === chosen) ?? snippetLanguages[0];
  if (!language) return null;
  const door = doorOf(draft);
  const question = questionOf(draft, 0);
  const asked =
    question.prompt || question.messages ? question : { ...question, prompt: 'What is a closure?' };
  const code = language.write({
    door,
    body: door.body(asked),
    headers: headersOf(draft, isDemo),
    origin: location.origin,
    needsKey,
  });
  return html`<section class="card snippets" aria-label="The same as code">
    <header class="card-head">
      <fieldset class="segmented"><legend class="visually-hidden">Language</legend>
        ${snippetLanguages.map(({ id, name }) => html`<label><input type="radio" name="language" value=${id} checked=${id === chosen} onChange=${() => choose(id)} />${name}</label>`)}
      </fieldset>
      <${CopyButton} text=${code} what=${`as ${language.name}`} />
    </header>
    <pre tabindex="0" aria-label=${`The question as ${language.name}`}><code><${Highlighted} code=${code} language=${language.language} /></code></pre>
    ${needsKey && html`<p class="hint">Your key is expected in the variable <code>${KEY_VARIABLE}</code>; these pages never have it.</p>`}
  </section>`;
}
