import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { askSecret, readPassphrase, readPrivateFile } from '../app/account-key.ts';
import { StartRefused } from '../app/start-refused.ts';
import { Secret } from '../settings/index.ts';
import {
  addressOfKey,
  KeystoreFault,
  keystoreAddress,
  openKeystore,
  sealKeystore,
} from '../signer/keystore.ts';
import { readWords, refuse } from './arguments.ts';

/**
 * `./run keystore` makes the encrypted file that the signer takes the key from. Passphrase and key are typed unseen, or come from
 * files that nobody else can read; they are never arguments, which every program of the machine can see.
 */
const USAGE =
  './run keystore create FILE | import FILE [--key-file FILE] | address FILE | check FILE; each with [--passphrase-file FILE]';
const SHORTEST_PASSPHRASE = 8;

await main();

async function main(): Promise<void> {
  const { values, words } = readWords(
    USAGE,
    { 'key-file': { type: 'string' }, 'passphrase-file': { type: 'string' } },
    2,
  );
  const [action = '', name = ''] = words;
  const file = resolve(name);
  try {
    if (action === 'create') await write(file, newKey(), values['passphrase-file']);
    else if (action === 'import')
      await write(file, await givenKey(values['key-file']), values['passphrase-file']);
    else if (action === 'address') showAddress(file);
    else if (action === 'check') await check(file, values['passphrase-file']);
    else refuse([`${action} is no action of this command`, `usage: ${USAGE}`], false);
  } catch (error) {
    if (error instanceof StartRefused) refuse(error.problems, false);
    else if (error instanceof KeystoreFault || error instanceof RangeError)
      refuse([`${file}: ${error.message}`], false);
    else if (error instanceof Error && 'code' in error) refuse([`${file}: ${error.message}`], false);
    else throw error;
  }
}

/** Nearly every number of 32 bytes is a valid key; the rest are not worth a loop, since sealing refuses them. */
function newKey(): Secret {
  return new Secret(`0x${randomBytes(32).toString('hex')}`);
}

async function givenKey(keyFile: string | undefined): Promise<Secret> {
  if (keyFile === undefined) return ask('Private key (0x and 64 hex digits)');
  return new Secret(readPrivateFile('--key-file', resolve(keyFile)).trim());
}

async function write(file: string, key: Secret, passphraseFile: string | undefined): Promise<void> {
  const address = await addressOfKey(key);
  const passphrase = await newPassphrase(passphraseFile);
  const text = await sealKeystore(key, passphrase);
  // Never over another file: it may be the only copy of another key.
  const descriptor = openSync(file, 'wx', 0o600);
  writeSync(descriptor, text);
  closeSync(descriptor);
  // What cannot be opened again would be a lost account.
  await openKeystore(readFileSync(file, 'utf8'), passphrase);
  console.log(
    `${file} holds the key of ${address}.\nKeep a copy of the file and of the passphrase: without both the account is lost.\nIn .env: POLYMARKET_KEYSTORE_FILE=${file}, and no POLYMARKET_PRIVATE_KEY.`,
  );
}

function showAddress(file: string): void {
  const address = keystoreAddress(readFileSync(file, 'utf8'));
  if (address === null) refuse([`${file} does not say its address; ./run keystore check opens it`], false);
  else console.log(address);
}

async function check(file: string, passphraseFile: string | undefined): Promise<void> {
  const text = readPrivateFile('keystore', file);
  const passphrase = passphraseFile === undefined ? await ask('Passphrase') : passphraseOf(passphraseFile);
  console.log(
    `${file} opens and holds the key of ${await addressOfKey(await openKeystore(text, passphrase))}.`,
  );
}

async function newPassphrase(passphraseFile: string | undefined): Promise<Secret> {
  if (passphraseFile !== undefined) return longEnough(passphraseOf(passphraseFile));
  const first = await ask('New passphrase');
  const second = await ask('The same again');
  if (first.reveal() !== second.reveal())
    throw new StartRefused(['the two passphrases differ; nothing was written']);
  return longEnough(first);
}

function passphraseOf(file: string): Secret {
  return readPassphrase('--passphrase-file', file);
}

function longEnough(passphrase: Secret): Secret {
  const { length } = passphrase.reveal();
  if (length < SHORTEST_PASSPHRASE)
    throw new StartRefused([
      `the passphrase has ${length} characters; expected at least ${SHORTEST_PASSPHRASE}. Nothing was written.`,
    ]);
  return passphrase;
}

function ask(message: string): Promise<Secret> {
  return askSecret({
    message,
    noTerminal: `found no terminal to ask for ${message.toLowerCase()}; expected --passphrase-file, and for import --key-file`,
    declined: 'nothing was written, as you said',
  });
}
