/** Templates without a build step: htm over Preact. Text in them is text, never markup. */
import htm from 'htm';
import { h } from 'preact';

/** @type {(strings: TemplateStringsArray, ...values: any[]) => any} */
export const html = htm.bind(h);

/** @param {...(string | false | null | undefined)} names @returns {string} */
export function classes(...names) {
  return names.filter(Boolean).join(' ');
}
