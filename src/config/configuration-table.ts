/** The documentation's list of settings, made of `.env.example`, which explains each of them, and of the schema, which knows the defaults. */
import { settingDefaults } from './environment.ts';

const HEAD = `# Configuration

Made by \`npm run docs:configuration\` from the code; a test holds it to it.

Everything is set in the environment or in \`.env\`. Settings may also stand in the configuration file, under \`settings:\` and in
lower case; the environment wins. An empty value means "not set". Durations are written \`500ms\`, \`10s\`, \`5m\`, \`1h\`. Models and
chains are in the [configuration file](models.md); keys and addresses of all providers in [providers](providers.md).
`;

/** @param example the text of `.env.example` */
export function configurationTable(example: string): string {
  const defaults = settingDefaults();
  let text = HEAD;
  let comment: string[] = [];
  for (const line of example.split('\n').slice(2)) {
    const section = /^# --- (.+?)\.? -+$/.exec(line)?.[1];
    // One behind a # is none of ours and must be set elsewhere, such as Node's own.
    const variable = /^(?:# )?([A-Z0-9_]+)=/.exec(line)?.[1];
    if (section) {
      const [title, ...note] = section.split('. ');
      text += `\n## ${title}\n${note.length > 0 ? `\n${note.join('. ')}.\n` : ''}\n| variable | default | |\n|---|---|---|\n`;
    } else if (variable) {
      const fallback = defaults.get(variable);
      text += `| \`${variable}\` | ${fallback ? `\`${cell(fallback)}\`` : ''} | ${cell(comment.join(' '))} |\n`;
      comment = [];
    } else if (line.startsWith('# ')) comment.push(line.slice(2));
  }
  return text;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
