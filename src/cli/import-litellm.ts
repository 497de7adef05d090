/** `npm run import:litellm -- config.yaml`: a LiteLLM proxy's configuration as one of this server's. */
import { stringify } from 'yaml';
import { fileSchema } from '../config/config-file-schema.ts';
import { calledAs } from './called-as.ts';
import { exitWithMessage } from './command-line.ts';
import { readLitellmFile } from './litellm/read-litellm-file.ts';
import { translateLitellm } from './litellm/translate-litellm.ts';

const HELP = `Writes a LiteLLM proxy's configuration in this server's words:

  ${calledAs('import-litellm', 'config.yaml').replace('npm run', 'npm run -s')} > codellama.yaml
  ${calledAs('config-check')}

What has no counterpart, and the variables to set, are told in comments at the top. Secrets are not carried over.`;

await exitWithMessage(async () => {
  const [path] = process.argv.slice(2);
  if (!path || path === '--help' || path === '-h') {
    process.stdout.write(`${HELP}\n`);
    process.exitCode = path ? 0 : 1;
    return;
  }
  const { file, notes } = translateLitellm(readLitellmFile(path));
  const { error } = fileSchema.safeParse(file);
  if (error)
    notesOnly([
      ...notes,
      ...error.issues.map(({ path: place, message }) => `${place.join('.')}: ${message}`),
    ]);
  const comments = notes.map((note) => `# - ${note}\n`).join('');
  process.stdout.write(
    `# Made of ${path.split('/').at(-1)} by ${calledAs('import-litellm')}.\n${comments && `# What to know and do:\n${comments}`}\n${stringify(file, { aliasDuplicateObjects: false })}`,
  );
});

/** @throws {Error} with what must be fixed by hand first */
function notesOnly(notes: readonly string[]): never {
  throw new Error(
    `The translation would not be valid; fix these in the LiteLLM file first:\n${notes.map((note) => `- ${note}`).join('\n')}`,
  );
}
