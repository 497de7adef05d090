/** What the simulated model says: one canonical answer for each question, the same at every provider. */
import { findKnownAnswer, type KnownAnswer } from './known-answers.ts';
import { type Language, languageNamedIn, languageOf, languages } from './samples.ts';

/** Enough to show a guardrail at work; anything not recognised counts as a question about code. */
const notAboutCode = /\b(capital of|weather|recipe|president|poem|horoscope|football|joke)\b/i;

/**
 * The answer to a question, always the same, with a fenced code block and an explanation.
 * That to a greeting holds characters of two and three bytes, so that readers that split them wrongly are found out.
 */
export function canonicalAnswer(question: string): string {
  const language = languageOf(question);
  if (/hello,?\s*world/i.test(question) || question.trim() === '') return helloWorld(language);
  const known = findKnownAnswer(question);
  return known ? tell(known, languageNamedIn(question)) : admitIgnorance(language);
}

function helloWorld({ name, fence, helloWorld: code }: Language): string {
  return `Here is “Hello, World!” in ${name}:

${fenced(fence, code)}

How it works:

1. The program starts at its entry point — in ${name} that is the code shown above.
2. It writes one line of text to standard output and then ends with exit code 0.
3. Nothing needs to be installed apart from ${name} itself, so it is a naïve but good first test of your set-up.

Save it to a file, run it, and you should see the greeting on your terminal. Ask me if you want it explained line by line.`;
}

function tell({ title, code, text }: KnownAnswer, asked: Language | undefined): string {
  // JavaScript is TypeScript, too.
  const wanted = asked?.fence === 'typescript' && !code.has('typescript') ? 'javascript' : asked?.fence;
  const [fence, found] = wanted && code.has(wanted) ? [wanted, code.get(wanted)!] : [...code][0]!;
  const others = [...code.keys()].filter((other) => other !== fence).map(languageName);
  const isOther = asked !== undefined && fence !== wanted;
  const opening = isOther
    ? `${title}. I do not know this one in ${asked.name}; here it is in ${languageName(fence)}:`
    : `${title}, in ${languageName(fence)}:`;
  const more =
    others.length > 0 ? `\n\nI also know it in ${others.join(', ')}: name the language to see it.` : '';
  return `${opening}\n\n${fenced(fence, found)}\n\n${text}${more}`;
}

/** A simulator that made something up would show a newcomer a bad answer, and not the server's work. */
function admitIgnorance({ name, fence, helloWorld: code }: Language): string {
  return `I am the built-in simulator and not a model: I know hello world and some forty common questions about code, such as “reverse a string in Go”, “what is a closure?” or “SQL join”. This is none of them, so here is a program in ${name} that runs:

${fenced(fence, code)}

Set a provider key, and a real model answers this question.`;
}

function fenced(fence: string, code: string): string {
  return `\`\`\`${fence}\n${code}\n\`\`\``;
}

function languageName(fence: string): string {
  return languages.find((language) => language.fence === fence)?.name ?? fence;
}

/** True when the system prompt restricts the model to code and the question is plainly about something else. */
export function isRefusedByGuardrail(systemText: string, question: string): boolean {
  return /only respond to questions about code/i.test(systemText) && notAboutCode.test(question);
}

/** The JSON object a model gives in `response_format: json_object` mode. */
export function jsonAnswer(question: string): string {
  const language = languageOf(question);
  return JSON.stringify({
    language: language.name,
    code: language.helloWorld,
    explanation: 'Prints one line.',
  });
}
