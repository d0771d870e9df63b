import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { haltMarkPath } from '../adapters/node/halt-mark.ts';
import { controlPath } from '../app/control-path.ts';
import { type ControlServer, type OperatorWord, startControlServer } from '../app/control-server.ts';
import { startChild } from '../app/demo/child-program.ts';
import { withoutSettings } from '../app/demo/demo-settings.ts';
import type { KillOutcome } from '../app/index.ts';
import { Secret } from '../settings/index.ts';
import { addressOfKey, sealKeystore } from '../signer/keystore.ts';

const KEY = `0x${'5e'.repeat(32)}`;
const CREDENTIALS = {
  POLYMARKET_API_KEY: '00000000-0000-4000-8000-000000000001',
  POLYMARKET_API_SECRET: Buffer.from('a secret of the venue').toString('base64'),
  POLYMARKET_API_PASSPHRASE: 'passphrase-of-the-venue',
};
/** Wrong in one value that no kill needs. */
const UNRELATED = { MM_DD_REDUCE_PCT: '30' };

let dataDir: string;
let venue: Server;
let asked: { readonly call: string; readonly headers: IncomingHttpHeaders }[];
let worker: ControlServer | null = null;
let words: OperatorWord[];
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-kill-'));
  asked = [];
  words = [];
  venue = createServer((request, response) => {
    const call = `${request.method} ${request.url?.split('?')[0]}`;
    asked.push({ call, headers: request.headers });
    const answers: Record<string, unknown> = {
      'DELETE /cancel-all': { canceled: [], not_canceled: {} },
      'GET /data/orders': { data: [], next_cursor: 'LTE=' },
      'POST /auth/api-key': { apiKey: 'derived', secret: 'c2VjcmV0', passphrase: 'words' },
    };
    response.statusCode = answers[call] === undefined ? 404 : 200;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answers[call] ?? {}));
  });
  await new Promise<void>((resolve) => venue.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await worker?.close();
  worker = null;
  venue.closeAllConnections();
  await new Promise((resolve) => venue.close(resolve));
  rmSync(dataDir, { recursive: true, force: true });
});

/** A worker, as far as its operator sees one. */
async function serve(): Promise<void> {
  worker = await startControlServer({
    path: controlPath(dataDir),
    status: () => ({
      run: { runId: 'run-1', environment: 'production' },
      trading: { mode: 'halted', sinceMs: 0, blocks: [] },
    }),
    operate: (word) => words.push(word),
    changeSetting: () => ({ ok: false, problems: [] }),
  });
}

const local = (): Record<string, string> => ({
  EVENKEEL_DATA_DIR: dataDir,
  POLYMARKET_CLOB_URL: `http://127.0.0.1:${(venue.address() as AddressInfo).port}`,
});

async function run(command: string, settings: Readonly<Record<string, string>>, ...args: string[]) {
  const errors: string[] = [];
  const program = startChild({
    script: join(import.meta.dirname, `${command}.ts`),
    args: [...args, '--json'],
    env: { ...withoutSettings(process.env), ...local(), ...settings },
    onErrorLine: (line) => errors.push(line),
  });
  const code = await program.ended;
  return { code, text: errors.join('\n'), said: JSON.parse(program.lastLine() ?? 'null') as KillOutcome };
}
const calls = (): string[] => asked.map(({ call }) => call);

describe('with one wrong line in .env', () => {
  it('./run kill halts, cancels and succeeds, and warns of the line', { timeout: 60_000 }, async () => {
    await serve();
    const { code, text, said } = await run('kill', { ...UNRELATED, POLYMARKET_PRIVATE_KEY: KEY });
    expect(text).toMatch(/warning, this command goes on without it: MM_DD_REDUCE_PCT: found 30/);
    expect({ code, said }, text).toMatchObject({
      code: 0,
      said: { ok: true, worker: 'halted', isMarked: true, remaining: [] },
    });
    expect(words.map(({ order }) => order)).toEqual(['halt']);
    expect(calls()).toContain('DELETE /cancel-all');
  });

  it('./run pause and ./run resume reach the worker', { timeout: 60_000 }, async () => {
    await serve();
    for (const command of ['pause', 'resume'] as const) {
      const { code, text } = await run(command, { ...UNRELATED, MM_MAX_MARKETTS: '3' });
      expect(code, text).toBe(0);
      expect(text).toMatch(/warning.*MM_MAX_MARKETTS[\s\S]*warning.*MM_DD_REDUCE_PCT/);
    }
    expect(words.map(({ order }) => order)).toEqual(['pause', 'resume']);
  });

  it('./run stop looks for the worker instead of refusing', { timeout: 60_000 }, async () => {
    const { text } = await run('stop', UNRELATED);
    expect(text).toMatch(/warning.*MM_DD_REDUCE_PCT[\s\S]*no worker answers/);
  });
});

describe('what a kill needs and cannot have costs only what needs it', () => {
  it('a wrong venue address: mark and halt first, nothing sent elsewhere', { timeout: 60_000 }, async () => {
    await serve();
    const { code, text, said } = await run('kill', {
      POLYMARKET_PRIVATE_KEY: KEY,
      POLYMARKET_CLOB_URL: 'not an address',
    });
    expect(text).toMatch(/left the halt mark[\s\S]*POLYMARKET_CLOB_URL: found[\s\S]*NOT DONE/);
    expect({ code, said }, text).toMatchObject({
      code: 1,
      said: { ok: false, worker: 'halted', isMarked: true, remaining: null },
    });
    expect(words.map(({ order }) => order)).toEqual(['halt']);
    expect(asked).toEqual([]);
  });

  it('no key, and no credentials either', { timeout: 60_000 }, async () => {
    const { code, text, said } = await run('kill', {});
    expect(existsSync(haltMarkPath(dataDir))).toBe(true);
    expect({ code, said }, text).toMatchObject({ code: 1, said: { ok: false, isMarked: true } });
    expect(text).toMatch(/POLYMARKET_KEYSTORE_FILE: found nothing.*\n.*hold no API credentials/);
  });

  it('a wallet that is missing: cancels go on, a pause on chain does not', { timeout: 60_000 }, async () => {
    const settings = { POLYMARKET_PRIVATE_KEY: KEY, POLYMARKET_SIGNATURE_TYPE: '2' };
    const { code, text, said } = await run('kill', settings, '--on-chain');
    expect({ code, said }, text).toMatchObject({
      code: 1,
      said: { ok: false, remaining: [], onChain: { ok: false, pauses: null } },
    });
    expect(calls()).toContain('DELETE /cancel-all');
  });

  it('a reason that is too long is cut, and nothing is refused for it', { timeout: 60_000 }, async () => {
    const { code, text } = await run('kill', { POLYMARKET_PRIVATE_KEY: KEY }, '--reason', 'r'.repeat(900));
    expect(code, text).toBe(0);
    expect(JSON.parse(readFileSync(haltMarkPath(dataDir), 'utf8'))).toMatchObject({
      reason: 'r'.repeat(400),
    });
  });
});

describe('with a keystore that cannot be opened', () => {
  it('./run kill cancels with the API credentials of the settings', { timeout: 60_000 }, async () => {
    const settings = { ...CREDENTIALS, ...(await sealedKeystore()) };
    const { code, text, said } = await run('kill', settings);
    expect(text).toMatch(/the passphrase is not that of the keystore/);
    expect({ code, said }, text).toMatchObject({ code: 0, said: { ok: true, remaining: [] } });
    const cancel = asked.find(({ call }) => call === 'DELETE /cancel-all');
    expect(cancel?.headers).toMatchObject({ poly_api_key: CREDENTIALS.POLYMARKET_API_KEY });
    expect(String(cancel?.headers.poly_address).toLowerCase()).toBe(
      (await addressOfKey(new Secret(KEY))).toLowerCase(),
    );
    expect(calls()).not.toContain('POST /auth/api-key');
  });

  it('and without credentials says so, with the mark left', { timeout: 60_000 }, async () => {
    const { code, said } = await run('kill', await sealedKeystore());
    expect({ code, said }).toMatchObject({ code: 1, said: { ok: false, isMarked: true, remaining: null } });
    expect(asked).toEqual([]);
  });
});

/** A keystore beside a passphrase that is not its own. */
async function sealedKeystore(): Promise<Record<string, string>> {
  const file = join(dataDir, 'account.json');
  const passphraseFile = join(dataDir, 'passphrase');
  writeFileSync(
    file,
    await sealKeystore(new Secret(KEY), new Secret('right'), { scrypt: { n: 2, r: 8, p: 1 } }),
  );
  writeFileSync(passphraseFile, 'wrong\n');
  for (const path of [file, passphraseFile]) chmodSync(path, 0o600);
  return { POLYMARKET_KEYSTORE_FILE: file, POLYMARKET_KEYSTORE_PASSPHRASE_FILE: passphraseFile };
}
