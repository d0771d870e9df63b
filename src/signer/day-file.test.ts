import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { developmentSecret, orderRequest } from '../adapters/polymarket/testing/orders.ts';
import type { Usd } from '../domain/units.ts';
import { isSigned } from '../ports/signer.ts';
import { keptLog } from '../runtime/test-support/manual-timers.ts';
import { dayFilePath, openDayFile } from './day-file.ts';
import { openLocalSigner } from './open-signer.ts';
import { WIDE_LIMITS } from './testing/test-signer.ts';

const T0 = 1_795_373_206_847;
const HOUR_MS = 3_600_000;
let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'evenkeel-day-'));
  folder = join(root, 'data');
});
afterEach(() => {
  chmodSync(root, 0o700);
  rmSync(root, { recursive: true, force: true });
});

it('the file of a day is read back as it was written, and only its owner can read it', () => {
  const path = dayFilePath(folder, 137, '0xAbC');
  expect(path).toBe(join(folder, 'signed-today-137-0xabc.json'));
  const file = openDayFile(path);
  expect(file.found).toBeNull();
  file.write({ day: 20_780, usd: 12_345_678 as Usd, clockMs: T0 + 0.7 });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(openDayFile(path).found).toEqual({ day: 20_780, usd: 12_345_678, clockMs: T0 });
});

it.each([
  ['', 'expected what the signer has signed today'],
  ['{"version":1,"day":1,"signedMicroUsd":-1,"clockMs":0}', 'signedMicroUsd'],
  ['{"version":1,"day":1,"signedMicroUsd":1.5,"clockMs":0}', 'signedMicroUsd'],
  ['{"version":1,"day":-1,"signedMicroUsd":1,"clockMs":0}', 'at day'],
  ['{"version":1,"day":1,"signedMicroUsd":1,"clockMs":-1}', 'clockMs'],
  ['{"version":2,"day":1,"signedMicroUsd":1,"clockMs":0}', 'version'],
  ['{"version":1,"day":1,"signedMicroUsd":1,"clockMs":0,"more":1}', 'more'],
])('a file with %s is no reason to begin the day anew', (text, named) => {
  const path = join(root, 'day.json');
  writeFileSync(path, text);
  expect(() => openDayFile(path)).toThrow(named);
  expect(() => openDayFile(path)).toThrow(/SIGNER_MAX_DAY_USD/);
});

/** A signer of this folder at a time, with room for two orders a day: each counts for 4.8 USD. */
async function signerAt(nowMs: number, maxDay = 10_000_000) {
  const log = keptLog();
  const signer = await openLocalSigner({
    privateKey: developmentSecret(),
    chainId: 137,
    signatureType: 0,
    funder: null,
    limits: { ...WIDE_LIMITS, maxDay: maxDay as Usd },
    log,
    dayFolder: folder,
    clock: { nowMs: () => nowMs, steadyMs: () => 0 },
  });
  let salt = nowMs % 1_000;
  const signs = async (timestampMs: number): Promise<boolean> => {
    salt += 1;
    const order = orderRequest({ timestampMs, salt, sizeMicro: 10_000_000, priceTenThousandths: 4_800 });
    return (await signer.signOrders([order])).every(isSigned);
  };
  return { signer, signs, log };
}

it('a start is no way around the limit of a day, and a clock that was set back meanwhile is none either', async () => {
  const first = await signerAt(T0);
  expect([await first.signs(T0), await first.signs(T0)]).toEqual([true, true]);
  await first.signer.close();
  const path = dayFilePath(folder, 137, first.signer.address);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ signedMicroUsd: 9_600_000, clockMs: T0 });
  const again = await signerAt(T0 + HOUR_MS);
  expect(await again.signs(T0 + HOUR_MS)).toBe(false);
  expect(again.log.lines).toEqual([expect.stringContaining('SIGNER_MAX_DAY_USD allows 10')]);
  await again.signer.close();
  const back = await signerAt(T0 - 30 * HOUR_MS);
  expect(back.log.lines).toEqual([expect.stringContaining('behind the time that the signer had reached')]);
  expect(await back.signs(T0)).toBe(false);
  await back.signer.close();
  const nextDay = await signerAt(T0 + 24 * HOUR_MS);
  expect(await nextDay.signs(T0 + 24 * HOUR_MS)).toBe(true);
  await nextDay.signer.close();
});

it('a signer goes on from the time that the one before it had reached, as its worker does', async () => {
  const first = await signerAt(T0, 100_000_000);
  expect(await first.signs(T0)).toBe(true);
  await first.signer.close();
  const next = await signerAt(T0 - HOUR_MS, 100_000_000);
  expect(await next.signs(T0)).toBe(true);
  expect(await next.signs(T0 - HOUR_MS)).toBe(true);
  expect(await next.signs(T0 - HOUR_MS / 2)).toBe(false);
  await next.signer.close();
});

it('a signer that signs no order leaves no file, and one that cannot write it signs none', async () => {
  const idle = await signerAt(T0);
  await idle.signer.proveKey(Math.floor(T0 / 1_000), 0);
  await idle.signer.close();
  expect(existsSync(folder)).toBe(false);
  // A file where the folder should be: nobody can write below it, whoever runs the test.
  writeFileSync(folder, '');
  const blocked = await signerAt(T0);
  expect(await blocked.signs(T0)).toBe(false);
  expect(blocked.log.lines[0]).toContain('could not be put down');
  await blocked.signer.close();
});
