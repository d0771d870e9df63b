import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leaseHolder } from '../../src/adapters/node/lease.ts';
import type { ChildProgram } from '../../src/app/demo/child-program.ts';
import { demoWorkerSettings } from '../../src/app/demo/demo-settings.ts';
import { runSummaryOf } from '../../src/app/demo/run-demo.ts';
import { Secret } from '../../src/settings/index.ts';
import { sealKeystore } from '../../src/signer/index.ts';
import { statusWhen } from '../support/demo-pieces.ts';
import { demoStand } from '../support/demo-stand.ts';
import { scanMemory, spellingsOfKey } from '../support/scan-memory.ts';

const UP_BOUND_MS = 60_000;
const PASSPHRASE = 'correct horse battery staple';

const stand = demoStand();
let worker: ChildProgram | null = null;
const lines: string[] = [];

/** Every file below a folder, with its bytes. */
const filesIn = (path: string): [string, Buffer][] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((name) => statSync(name).isFile())
    .map((name) => [name, readFileSync(name)]);

/** A private file of the account, outside the data folder. */
function privateFile(name: string, text: string): string {
  const path = join(stand.path, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

describe('the key', () => {
  it('is nowhere but with the signer: in no file, no line, no environment and no memory of the worker', {
    timeout: 240_000,
  }, async () => {
    const started = await stand.startVenue(['--seed', '3']);
    const account = started.ready.accounts[0];
    const key = account?.privateKey ?? '';
    const dataDir = join(stand.path, 'data');
    const { POLYMARKET_PRIVATE_KEY, ...withoutKey } = demoWorkerSettings(started.ready, dataDir);
    expect(POLYMARKET_PRIVATE_KEY).toBe(key);
    const weak = { scrypt: { n: 1_024, r: 8, p: 1 } };
    const keystore = await sealKeystore(new Secret(key), new Secret(PASSPHRASE), weak);
    const waysToTheKey = [
      { ...withoutKey, POLYMARKET_PRIVATE_KEY: key },
      {
        ...withoutKey,
        POLYMARKET_KEYSTORE_FILE: privateFile('account.json', keystore),
        POLYMARKET_KEYSTORE_PASSPHRASE_FILE: privateFile('passphrase', `${PASSPHRASE}\n`),
      },
    ];
    const patterns = new Map([...spellingsOfKey(key), ['passphrase', Buffer.from(PASSPHRASE)] as const]);
    for (const settings of waysToTheKey) {
      worker = stand.startWorker(settings, ['--yes', '--approve'], (line) => lines.push(line));
      await statusWhen(dataDir, worker, ({ liveOrders }) => liveOrders > 0, UP_BOUND_MS, lines);
      const pid = leaseHolder(dataDir)?.pid ?? 0;
      expect(pid).not.toBe(worker.pid);
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
      expect(environment).toContain('POLYMARKET_CLOB_URL');
      expect(environment).not.toMatch(/PRIVATE_KEY|KEYSTORE/);
      const ofWorker = scanMemory(pid, patterns);
      expect(ofWorker.bytes).toBeGreaterThan(50_000_000);
      expect([...ofWorker.found]).toEqual([]);
      // The same look at the signer finds it, so the look is one that can find.
      expect(scanMemory(worker.pid, patterns).found).toContain('first half');
      expect(await worker.stop(110_000), lines.slice(-20).join('\n')).toBe(true);
      expect(runSummaryOf(worker.lastLine())).toMatchObject({ ok: true, openOrdersAtExit: 0 });
    }
    expect(lines.filter((line) => line.includes('in plain text'))).toHaveLength(1);
    const written = filesIn(dataDir);
    expect(written.length).toBeGreaterThan(6);
    for (const [name, bytes] of [...written, ['its lines', Buffer.from(lines.join('\n'))] as const])
      for (const [spelling, pattern] of patterns)
        expect(bytes.includes(pattern), `${name}: ${spelling}`).toBe(false);
  });
});
