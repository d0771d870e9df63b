import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isCancel, password } from '@clack/prompts';
import type { Log } from '../ports/timers.ts';
import { Secret, type Settings } from '../settings/index.ts';
import { KeystoreFault, openKeystore } from '../signer/keystore.ts';
import { StartRefused } from './start-refused.ts';

/** The settings that lead to the key: a worker is given none of them. */
export const KEY_SETTINGS = [
  'POLYMARKET_PRIVATE_KEY',
  'POLYMARKET_KEYSTORE_FILE',
  'POLYMARKET_KEYSTORE_PASSPHRASE_FILE',
] as const;

const OTHERS_MAY_READ = 0o077;

/**
 * The account's key: from the keystore file, or else from the setting, with a warning. Asks for the passphrase on the terminal where
 * no file has it. Throws `StartRefused` where there is none, where others can read the files, or where they cannot be opened.
 */
export async function readAccountKey({ polymarket, signer }: Settings, log: Log): Promise<Secret> {
  if (signer.keystoreFile === null) {
    if (polymarket.privateKey === null)
      throw new StartRefused([
        'POLYMARKET_KEYSTORE_FILE: found nothing; expected a keystore file with the private key. Make one with ./run keystore create or import.',
      ]);
    log.warning(
      'the private key is in POLYMARKET_PRIVATE_KEY, in plain text: ./run keystore import puts it into an encrypted file',
    );
    return polymarket.privateKey;
  }
  if (polymarket.privateKey !== null)
    log.warning('POLYMARKET_PRIVATE_KEY is set beside a keystore file and not used: remove it');
  const file = resolve(signer.keystoreFile);
  const text = readPrivateFile('POLYMARKET_KEYSTORE_FILE', file);
  const passphrase =
    signer.keystorePassphraseFile === null
      ? await askPassphrase(file)
      : readPassphrase('POLYMARKET_KEYSTORE_PASSPHRASE_FILE', signer.keystorePassphraseFile);
  try {
    return await openKeystore(text, passphrase);
  } catch (error) {
    if (!(error instanceof KeystoreFault)) throw error;
    throw new StartRefused([`POLYMARKET_KEYSTORE_FILE ${file}: ${error.message}.`]);
  }
}

/** A file's text. Throws `StartRefused` where it cannot be read, or others can read it too. */
export function readPrivateFile(setting: string, path: string): string {
  try {
    const { mode } = statSync(path);
    if ((mode & OTHERS_MAY_READ) !== 0)
      throw new StartRefused([
        `${setting} ${path}: found mode ${(mode & 0o777).toString(8).padStart(4, '0')}, so others can read it; expected 0600. Run chmod 600 ${path}.`,
      ]);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof StartRefused) throw error;
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new StartRefused([`${setting} ${path}: found ${why}; expected a file that can be read.`]);
  }
}

/** A passphrase is the first line of its file. Throws as `readPrivateFile` does. */
export const readPassphrase = (setting: string, path: string): Secret =>
  new Secret(readPrivateFile(setting, resolve(path)).split(/\r?\n/, 1)[0] ?? '');

const askPassphrase = (file: string): Promise<Secret> =>
  askSecret({
    message: `Passphrase of ${file}`,
    noTerminal: `POLYMARKET_KEYSTORE_PASSPHRASE_FILE: found nothing, and no terminal to ask on; expected the file with the passphrase of ${file}.`,
    declined: 'no passphrase was given',
  });

/** Asks for what is typed unseen. Throws `StartRefused` with one of the other texts where nobody can be asked, or nothing is said. */
export async function askSecret(texts: {
  readonly message: string;
  readonly noTerminal: string;
  readonly declined: string;
}): Promise<Secret> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw new StartRefused([texts.noTerminal]);
  const answer = await password({ message: texts.message, output: process.stderr });
  if (isCancel(answer)) throw new StartRefused([texts.declined]);
  return new Secret(answer);
}
