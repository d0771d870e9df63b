import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeWord } from '../settings/index.ts';
import { askStatus, NoWorker, tellOperator, tellSetting } from './control-client.ts';
import { controlPath } from './control-path.ts';
import { type ControlServer, type OperatorWord, startControlServer } from './control-server.ts';

let dataDir: string;
let server: ControlServer | null = null;
let words: OperatorWord[] = [];
let settingWords: ChangeWord[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-control-'));
  words = [];
  settingWords = [];
});
afterEach(async () => {
  await server?.close();
  server = null;
  rmSync(dataDir, { recursive: true, force: true });
});

async function serve(): Promise<void> {
  server = await startControlServer({
    path: controlPath(dataDir),
    status: () => ({ trading: { mode: 'active' } }),
    operate: (word) => words.push(word),
    changeSetting: (word) => {
      settingWords.push(word);
      return word.value === '0'
        ? { ok: false, problems: ['too small'] }
        : { ok: true, name: word.name, from: 5, to: 7, applies: 'now', stillWrong: [], signer: null };
    },
  });
}

/** The status code of a raw request. */
function raw(method: string, path: string, body?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath: controlPath(dataDir), method, path }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('the control socket', () => {
  it('answers the status and takes an operator order', async () => {
    await serve();
    expect(await askStatus(dataDir, 2_000)).toEqual({ trading: { mode: 'active' } });
    await tellOperator(dataDir, { order: 'halt', reason: 'test', by: 'me' }, 2_000);
    expect(words).toEqual([{ order: 'halt', reason: 'test', by: 'me' }]);
  });

  it('takes a change of a setting, and answers what became of it, a no included', async () => {
    await serve();
    const word = { name: 'MM_QUOTE_SIZE_USD', value: '7', by: 'me', reason: 'test' };
    expect(await tellSetting(dataDir, word, 2_000)).toMatchObject({
      ok: true,
      from: 5,
      to: 7,
      applies: 'now',
    });
    expect(await tellSetting(dataDir, { ...word, value: '0' }, 2_000)).toEqual({
      ok: false,
      problems: ['too small'],
    });
    await tellSetting(dataDir, { ...word, value: null }, 2_000);
    expect(settingWords.map(({ value }) => value)).toEqual(['7', '0', null]);
    for (const body of ['{"name":"MM_QUOTE_SIZE_USD","reason":"x"}', 'not json', '{"name":1}'])
      expect(await raw('POST', '/settings', body)).toBe(400);
    expect(settingWords).toHaveLength(3);
  });

  it('can be opened by this user alone', async () => {
    await serve();
    expect(statSync(controlPath(dataDir)).mode & 0o777).toBe(0o600);
  });

  it('refuses what it does not know, and orders nothing then', async () => {
    await serve();
    expect(await raw('GET', '/')).toBe(404);
    expect(await raw('POST', '/operator', '{"order":"explode","reason":"x"}')).toBe(400);
    expect(await raw('POST', '/operator', 'not json')).toBe(400);
    expect(
      await raw('POST', '/operator', JSON.stringify({ order: 'halt', reason: 'x'.repeat(20_000) })),
    ).toBe(400);
    expect(words).toEqual([]);
  });

  it('says so when no worker is there, and takes the place of one that died', async () => {
    await expect(askStatus(dataDir, 2_000)).rejects.toThrow(NoWorker);
    writeFileSync(controlPath(dataDir), '');
    await serve();
    expect(await askStatus(dataDir, 2_000)).toBeDefined();
  });

  it('moves to a short path where the folder has too long a one', () => {
    const deep = join(dataDir, 'x'.repeat(200));
    expect(Buffer.byteLength(controlPath(deep))).toBeLessThan(104);
    expect(controlPath(deep)).toBe(controlPath(`${deep}/`));
    expect(controlPath(deep)).not.toBe(controlPath(`${deep}y`));
    expect(controlPath('/data')).toBe('/data/control.sock');
  });
});
