import { FEATURE_NAMES, type Support } from './feature-table.ts';
import { PROVIDER_NAMES, providerRegistry, urlVariables } from './registry.ts';
import { Transport } from './transport.ts';

const SIGNS: Readonly<Record<Support, string>> = { native: '✓', emulated: 'e', dropped: 'd', refused: '–' };

const HEAD = `# Providers

Made by \`npm run docs:providers\` from the code; a test holds it to it.

✓ the provider has it · e made here of what it has (several calls for \`n\`, an instruction for JSON) · d left out and named in
\`x-dropped-params\` (with \`strict_params: true\` a 400) · – refused: such a request goes to the next model of the chain, or gets a
400 when none can take it. Single models may differ: \`capabilities\` in the configuration says so.
`;

/** The documentation's table of providers and features, made of what the providers declare. */
export function providerTable(): string {
  const transport = new Transport();
  const providers = PROVIDER_NAMES.map((name) => ({
    name,
    features: providerRegistry[name].make(transport).features,
  }));
  const features = [
    row(['', ...FEATURE_NAMES.map((name) => `\`${name}\``)]),
    row(['---', ...FEATURE_NAMES.map(() => ':-:')]),
    ...providers.map(({ name, features: provided }) =>
      row([name, ...FEATURE_NAMES.map((feature) => SIGNS[provided[feature]])]),
    ),
  ];
  const access = [
    row(['provider', 'key', 'address']),
    row(['---', '---', '---']),
    ...PROVIDER_NAMES.map((name) => {
      const { keys, url, needsUrl } = providerRegistry[name];
      const address = url ?? (needsUrl ? 'must be given' : 'its package’s');
      const variables = name === 'openai-compatible' ? '`base_url`' : urlVariables(name).map(code).join(', ');
      return row([name, keys.map(code).join(', ') || 'none', `${address} (${variables})`]);
    }),
  ];
  return `${HEAD}\n${features.join('\n')}\n\n## Keys and addresses\n\n${access.join('\n')}\n`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
