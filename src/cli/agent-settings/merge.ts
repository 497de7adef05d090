/** Settings put into a file's text; what else is in it stays. */
import { isMap, isSeq, parseDocument, stringify } from 'yaml';
import { isJsonObject } from '../../core/json-object.ts';
import type { SettingsFile } from './agents.ts';
import { mergeToml, toToml } from './toml.ts';

/** The settings alone, as a file that has nothing else. */
export function settingsText({ format, settings }: SettingsFile): string {
  if (format === 'toml') return toToml(settings);
  return format === 'yaml' ? stringify(settings) : `${JSON.stringify(settings, null, 2)}\n`;
}

/** @param text of the file as it is @throws {Error} when it is not of its format: then nothing may be written */
export function mergeSettings(text: string, file: SettingsFile): string {
  if (text.trim() === '') return settingsText(file);
  if (file.format === 'toml') return mergeToml(text, file.settings);
  if (file.format === 'yaml') return mergeYaml(text, file.settings);
  return `${JSON.stringify(merged(JSON.parse(text), file.settings), null, 2)}\n`;
}

/** Comments and order of the document stay. */
function mergeYaml(text: string, settings: SettingsFile['settings']): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) throw document.errors[0]!;
  if (!isMap(document.contents)) throw new Error('it holds no mapping');
  for (const [name, value] of Object.entries(settings)) {
    const known = document.get(name);
    // A file's own name and version stay; of models those of ours are replaced or added.
    if (isSeq(known) && Array.isArray(value))
      document.set(name, withNamed(known.toJSON() as unknown[], value));
    else if (!(name === 'name' || name === 'version') || known === undefined) document.set(name, value);
  }
  return document.toString();
}

function merged(known: unknown, settings: unknown): unknown {
  if (!isJsonObject(known) || !isJsonObject(settings)) return settings;
  const all: Record<string, unknown> = { ...known };
  for (const [name, value] of Object.entries(settings)) all[name] = merged(known[name], value);
  return all;
}

function withNamed(known: readonly unknown[], settings: readonly unknown[]): unknown[] {
  const names = settings.map(nameOf);
  return [...known.filter((one) => !names.includes(nameOf(one))), ...settings];
}

function nameOf(value: unknown): unknown {
  return isJsonObject(value) ? value.name : undefined;
}
