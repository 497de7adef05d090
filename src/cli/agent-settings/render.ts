/** An agent's settings as people read them: in the terminal, and in docs/agents.md. */
import type { AgentSettings, SettingsFile } from './agents.ts';
import { settingsText } from './merge.ts';

/** Lines of Markdown. */
export function renderSettings({ files, environment, commands, note }: AgentSettings): string {
  const blocks = files.map((file) => `\`~/${file.path}\`:\n\n${fence(file.format, settingsText(file))}`);
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${shellQuoted(value)}`);
  blocks.push(fence('sh', `${[...exports, ...commands].join('\n')}\n`));
  if (note) blocks.push(`${note}\n`);
  return blocks.join('\n');
}

function fence(language: SettingsFile['format'] | 'sh', text: string): string {
  return `\`\`\`${language}\n${text}\`\`\`\n`;
}

function shellQuoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
