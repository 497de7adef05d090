/** The playground: ask, watch the answer come and how it was routed, take the question away as code. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { call } from '../parts/api.js';
import { classes, html } from '../parts/html.js';
import { useLoad } from '../parts/load.js';
import { takeFromLog } from '../parts/rerun.js';
import { mount } from '../parts/shell.js';
import { AnswerPane } from './answer-pane.js';
import { ask, fetchReceipt } from './ask.js';
import { ExplanationCard } from './explanation.js';
import { doorOf, hasQuestion, headersOf, questionOf, readMore } from './question.js';
import { emptyDraft, QuestionForm } from './question-form.js';
import { SnippetPanel } from './snippet-panel.js';

/** @typedef {import('./question-form.js').Draft} Draft */
/** @typedef {import('./answer-pane.js').Run} Run */

/** @param {{ session: import('../parts/shell.js').Session }} properties */
function Playground({ session }) {
  const [draft, setDraft] = useState(() => ({ ...emptyDraft, ...takeFromLog() }));
  const [runs, setRuns] = useState(
    /** @type {[Run | undefined, Run | undefined]} */ ([undefined, undefined]),
  );
  const [explained, setExplained] = useState(
    /** @type {{ explanation?: import('../parts/reply.js').ApiReply<'POST', '/v1/explain'>, error?: Error } | undefined} */ (
      undefined
    ),
  );
  const models = useLoad('/v1/models');
  const stop = useRef(/** @type {AbortController | undefined} */ (undefined));
  useEffect(() => () => stop.current?.abort(), []);

  /** @param {Partial<Draft>} changes */
  const change = (changes) => setDraft((before) => ({ ...before, ...changes }));
  const { problem } = readMore(draft);
  const isRunning = runs.some((run) => run?.state === 'running');
  const canSend = hasQuestion(draft) && !problem && !isRunning;

  const start = () => {
    if (!canSend) return;
    stop.current = new AbortController();
    const { signal } = stop.current;
    const panes = draft.isDouble ? [0, 1] : [0];
    setRuns([undefined, undefined]);
    // On a narrow screen the answer is below the question.
    if (matchMedia('(max-width: 900px)').matches)
      document.querySelector('.answers')?.scrollIntoView({ block: 'start' });
    for (const pane of panes) {
      runOne(draft, pane, session, signal, (run) =>
        setRuns(
          (before) =>
            /** @type {[Run | undefined, Run | undefined]} */ (
              before.map((old, at) => (at === pane ? run : old))
            ),
        ),
      );
    }
  };
  const explain = () => {
    const door = doorOf(draft);
    call(`/v1/explain?format=${door.id}`, {
      method: 'POST',
      body: door.body(questionOf(draft, 0)),
      headers: headersOf(draft, session.demo),
    }).then(
      (explanation) => setExplained({ explanation }),
      (error) => setExplained({ error }),
    );
  };
  /** @param {string} answer */
  const goOn = (answer) => {
    const messages =
      draft.form === 'messages'
        ? draft.messages.filter(({ content }) => content.trim())
        : [{ role: 'user', content: draft.prompt }];
    change({
      form: 'messages',
      messages: [...messages, { role: 'assistant', content: answer }, { role: 'user', content: '' }],
    });
    document.querySelector('.question')?.scrollIntoView({ block: 'start' });
  };
  /** @param {KeyboardEvent} event */
  const sendByKey = (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      start();
    }
  };

  return html`<h1 class="visually-hidden">Playground</h1>
    <div class=${classes('playground', draft.isDouble && 'double')}>
      <form class="card question" onSubmit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        start();
      }} onKeyDown=${sendByKey}>
        <${QuestionForm} draft=${draft} change=${change} models=${models.data?.data ?? []} isDemo=${session.demo} problem=${problem} />
        <div class="actions">
          ${
            isRunning
              ? html`<button type="button" class="primary" onClick=${() => stop.current?.abort()}>Stop</button>`
              : html`<button type="submit" class="primary" disabled=${!canSend}>Ask</button>`
          }
          <button type="button" class="quiet" disabled=${!hasQuestion(draft) || Boolean(problem)} onClick=${explain}>Explain first</button>
          <span class="hint keys-hint">or <kbd>Ctrl</kbd> <kbd>Enter</kbd></span>
        </div>
      </form>
      <div class="answers">
        ${explained && html`<${ExplanationCard} explanation=${explained.explanation} error=${explained.error} close=${() => setExplained(undefined)} />`}
        ${(draft.isDouble ? [0, 1] : [0]).map(
          (pane) =>
            html`<${AnswerPane} key=${pane} run=${runs[pane]} title=${draft.models[pane] || 'default'} onContinue=${draft.isDouble ? undefined : goOn} />`,
        )}
      </div>
      <${SnippetPanel} draft=${draft} isDemo=${session.demo} needsKey=${session.mode === 'keys'} />
    </div>`;
}

/**
 * @param {Draft} draft @param {number} pane @param {import('../parts/shell.js').Session} session @param {AbortSignal} signal
 * @param {(run: Run) => void} show
 */
async function runOne(draft, pane, session, signal, show) {
  /** @type {Run} */
  let run = {
    state: 'running',
    asked: undefined,
    error: undefined,
    receipt: undefined,
    stream: draft.stream,
  };
  let isDrawn = true;
  /** Words come faster than a screen shows them: once a frame is enough. @param {Partial<Run>} news */
  const change = (news) => {
    run = { ...run, ...news };
    if (!isDrawn) return;
    isDrawn = false;
    setTimeout(() => {
      isDrawn = true;
      show(run);
    }, 16);
  };
  change({});
  try {
    await ask(doorOf(draft), questionOf(draft, pane), {
      headers: headersOf(draft, session.demo),
      signal,
      onChange: (asked) => change({ asked }),
    });
    change({ state: 'done' });
  } catch (error) {
    change(signal.aborted ? { state: 'stopped' } : { state: 'failed', error: /** @type {Error} */ (error) });
  }
  const id = run.asked?.facts?.id ?? run.error?.requestId;
  // Those without a key have no receipts; the reply's headers say nearly as much.
  if (id && session.role !== 'anonymous') change({ receipt: await fetchReceipt(id) });
}

mount(Playground);
