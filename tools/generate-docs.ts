import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderEnvExample, renderSettingsPage } from '../src/settings/index.ts';

/**
 * Writes the files that are made from the table of settings. With `--check` it writes nothing and fails, naming the
 * files, when one of them is not what the table gives; so nobody edits them by hand or forgets to make them again.
 */
const root = join(import.meta.dirname, '..');

const documents: ReadonlyArray<readonly [path: string, text: string]> = [
  ['.env.example', renderEnvExample()],
  ['docs/settings.md', renderSettingsPage()],
];

const stale = documents.filter(([path, text]) => readOrEmpty(path) !== text);

if (process.argv.includes('--check')) {
  for (const [path] of stale)
    console.error(`${path} does not match src/settings. Run ./run generate and commit the result.`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    console.log(`wrote ${path}`);
  }
  if (stale.length === 0) console.log('Everything made from src/settings is up to date.');
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
