/** A conversation as the one text that a model on Replicate takes. */
import type { ChatMessage } from '../../core/openai-types.ts';
import type { Family } from './replicate-families.ts';

/** The conversation as input fields. */
export interface Prompt {
  readonly prompt: string;
  /** Apart only for models that are known to take it so: others would ignore it. */
  readonly system_prompt?: string;
}

type Speaker = 'User' | 'Assistant' | 'Tool';
interface Turn {
  readonly speaker: Speaker;
  readonly text: string;
}

/** Writes the conversation down as the model's family takes it. */
export function toPrompt(messages: readonly ChatMessage[], { conversation }: Family): Prompt {
  const system = messages.filter(isSystem).map(textOf).join('\n\n');
  const turns = messages.filter((message) => !isSystem(message)).map(turnOf);
  if (conversation === 'transcript') return { prompt: transcript(turns, system) };
  return {
    prompt: conversation === 'llama-2' ? llama2(turns) : transcript(turns),
    ...(system && { system_prompt: system }),
  };
}

/**
 * Meta's format for Llama 2 and Code Llama, without the marks at its two ends and the system's words: the model's own
 * template on Replicate adds these, whatever its version.
 */
function llama2(turns: readonly Turn[]): string {
  const joined = alternating(turns);
  return joined
    .map(({ speaker, text }, index) => {
      if (speaker === 'Assistant') return ` [/INST] ${withoutMarks(text)} `;
      return index === 0 ? withoutMarks(text) : `[INST] ${withoutMarks(text)}`;
    })
    .join('');
}

/** User and assistant in turn, the user first and last, as the format has it; a tool's result is the user's to tell. */
function alternating(turns: readonly Turn[]): Turn[] {
  const joined: Turn[] = [];
  for (const turn of turns) {
    const speaker = turn.speaker === 'Tool' ? 'User' : turn.speaker;
    const last = joined.at(-1);
    if (last?.speaker === speaker)
      joined[joined.length - 1] = { speaker, text: `${last.text}\n\n${turn.text}` };
    else joined.push({ speaker, text: turn.text });
  }
  if (joined[0]?.speaker === 'Assistant') joined.unshift({ speaker: 'User', text: '' });
  if (joined.at(-1)?.speaker === 'Assistant') joined.push({ speaker: 'User', text: 'Go on.' });
  return joined;
}

/** Nobody may speak as somebody else by writing the format's marks. */
function withoutMarks(text: string): string {
  return text.replace(/\[(\/?)INST\]/g, '[ $1INST ]').replace(/<<(\/?)SYS>>/g, '< <$1SYS> >');
}

/** One question alone is itself; anything more is told as a dialogue that the assistant goes on with. */
function transcript(turns: readonly Turn[], system = ''): string {
  const [only] = turns;
  if (!system && turns.length === 1 && only?.speaker === 'User') return only.text;
  const lines = turns.map(({ speaker, text }) => `${speaker}: ${text}`);
  if (system) lines.unshift(`System: ${system}`);
  if (turns.at(-1)?.speaker !== 'Assistant') lines.push('Assistant:');
  return lines.join('\n\n');
}

function isSystem({ role }: ChatMessage): boolean {
  return role === 'system' || role === 'developer';
}

function turnOf(message: ChatMessage): Turn {
  const text = textOf(message);
  if (message.role === 'tool' || message.role === 'function') return { speaker: 'Tool', text };
  if (message.role !== 'assistant') return { speaker: 'User', text };
  const calls = (message.tool_calls ?? []).flatMap((call) =>
    call.type === 'function' ? [`${call.function.name}(${call.function.arguments})`] : [],
  );
  return { speaker: 'Assistant', text: [text, ...calls].filter(Boolean).join('\n') };
}

/** Parts that are not text were refused before. */
function textOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');
}
