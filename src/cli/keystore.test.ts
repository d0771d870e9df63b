import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEVELOPMENT_ADDRESS, DEVELOPMENT_KEY } from '../adapters/polymarket/testing/orders.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-keystore-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** `./run keystore` without a terminal. */
function run(...args: string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, 'keystore.ts'), ...args], (error, out, trouble) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: `${out}${trouble}` });
    });
  });
}

function privateFile(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('./run keystore', () => {
  it('imports a key into a file that only its owner reads, says its address, and opens it again', {
    timeout: 120_000,
  }, async () => {
    const file = join(folder, 'account.json');
    const phrase = ['--passphrase-file', privateFile('phrase', 'long enough\nand a second line\n')];
    const made = await run(
      'import',
      file,
      '--key-file',
      privateFile('key', `${DEVELOPMENT_KEY}\n`),
      ...phrase,
    );
    expect(made).toMatchObject({ code: 0, said: expect.stringContaining(DEVELOPMENT_ADDRESS) });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      version: 3,
      crypto: { kdf: 'scrypt', kdfparams: { n: 262_144, r: 8, p: 1 } },
    });
    expect(`${text}${made.said}`).not.toContain(DEVELOPMENT_KEY.slice(2));
    expect(await run('check', file, ...phrase)).toMatchObject({
      code: 0,
      said: expect.stringContaining(DEVELOPMENT_ADDRESS),
    });
    const again = await run('create', file, ...phrase);
    expect(again).toMatchObject({ code: 2, said: expect.stringContaining('already exists') });
    expect(readFileSync(file, 'utf8')).toBe(text);
    const wrong = ['--passphrase-file', privateFile('other', 'something else')];
    expect(await run('check', file, ...wrong)).toMatchObject({
      code: 2,
      said: expect.stringContaining('not that of the keystore'),
    });
  });

  it.each([
    ['a short passphrase', 'short', 0o600, 'at least 8'],
    ['a passphrase that others can read', 'long enough', 0o644, 'chmod 600'],
  ])('refuses %s, and writes nothing', async (_name, phrase, mode, text) => {
    const file = join(folder, 'account.json');
    const made = await run('create', file, '--passphrase-file', privateFile('phrase', phrase, mode));
    expect(made).toMatchObject({ code: 2, said: expect.stringContaining(text) });
    expect(() => statSync(file)).toThrow('ENOENT');
  });

  it('without a terminal says which files it needs', async () => {
    expect(await run('create', join(folder, 'x'))).toMatchObject({
      code: 2,
      said: expect.stringContaining('--passphrase-file'),
    });
    expect(await run('frob', 'x')).toMatchObject({ code: 2, said: expect.stringContaining('usage') });
  });
});
