import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoWorkerSettings } from '../../src/app/demo/demo-settings.ts';
import { startVenueChild, startWorkerChild, type VenueChild } from '../../src/app/demo/programs.ts';
import { temporaryFolder } from '../support/demo-pieces.ts';

/** Every kind of bad input: one clear message, exit code 2, and nothing is sent. */
const folder = temporaryFolder();
let venue: VenueChild;
let garbage: Server;
let good: Record<string, string>;
beforeAll(async () => {
  venue = await startVenueChild(['--no-traders'], () => undefined);
  good = demoWorkerSettings(venue.ready, join(folder.path, 'data'));
  garbage = createServer((_, response) => response.end('<html>maintenance</html>'));
  await new Promise<void>((resolve) => garbage.listen(0, '127.0.0.1', resolve));
}, 120_000);
afterAll(async () => {
  garbage.close();
  await venue.program.stop(20_000);
  folder.remove();
});

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Runs the worker with the good settings, changed by these; `undefined` takes one out. */
async function startWith(
  changed: Readonly<Record<string, string | undefined>>,
): Promise<{ code: number | null; text: string; answer: { ok: boolean; message: string } }> {
  const settings = Object.entries({ ...good, ...changed }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  const errors: string[] = [];
  const worker = startWorkerChild(Object.fromEntries(settings), ['--yes'], (line) => errors.push(line));
  try {
    const answer = JSON.parse(await worker.firstLine(40_000)) as { ok: boolean; message: string };
    return { code: await worker.ended, text: errors.join('\n'), answer };
  } finally {
    await worker.stop(2_000);
  }
}

/** A port nobody listens on: one that was just given back. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const CASES: readonly (readonly [
  what: string,
  changed: () => Promise<Record<string, string | undefined>> | Record<string, string | undefined>,
  message: RegExp,
])[] = [
  [
    'a missing key',
    () => ({ POLYMARKET_PRIVATE_KEY: undefined }),
    /POLYMARKET_PRIVATE_KEY: found nothing, and no POLYMARKET_KEYSTORE_FILE; expected a keystore file.*keystore create or import/s,
  ],
  [
    'a keystore that is not there',
    () => ({
      POLYMARKET_PRIVATE_KEY: undefined,
      POLYMARKET_KEYSTORE_FILE: join(folder.path, 'account.json'),
    }),
    /POLYMARKET_KEYSTORE_FILE .*account\.json: found ENOENT; expected a file that can be read/,
  ],
  [
    'a signer that would sign no full quote',
    () => ({ SIGNER_MAX_ORDER_USD: '1' }),
    /MM_QUOTE_SIZE_USD: found 5; expected at most SIGNER_MAX_ORDER_USD, which is 1.*refuse every full-sized quote/s,
  ],
  [
    'a malformed key',
    () => ({ POLYMARKET_PRIVATE_KEY: '0x1234' }),
    /POLYMARKET_PRIVATE_KEY: found .*expected .*64 hexadecimal/s,
  ],
  ['an unknown setting', () => ({ MM_MAX_MARKETTS: '3' }), /MM_MAX_MARKETTS.*MM_MAX_MARKETS/s],
  [
    'a value out of bounds',
    () => ({ MM_MAX_MARKETS: '5000' }),
    /MM_MAX_MARKETS: found .*5000.*expected .*1000/s,
  ],
  [
    'a closed port of the venue',
    async () => ({ POLYMARKET_CLOB_URL: `http://127.0.0.1:${await closedPort()}` }),
    /POLYMARKET_CLOB_URL http:\/\/127.*ECONNREFUSED.*expected the venue's version.*Check the address/s,
  ],
  [
    'a closed port of the chain',
    async () => ({ POLYGON_RPC_URL: `http://127.0.0.1:${await closedPort()}` }),
    /POLYGON_RPC_URL: found .*expected a JSON-RPC node of chain 137.*Check the address/s,
  ],
  [
    'a venue that answers garbage',
    () => ({ POLYMARKET_CLOB_URL: urlOf(garbage) }),
    /POLYMARKET_CLOB_URL .*found .*<html>maintenance.*expected the venue's version.*Check the address/s,
  ],
  [
    'a wrong chain id',
    () => ({ POLYMARKET_CHAIN_ID: '80002' }),
    /serves chain id 137, orders are signed for 80002: set POLYGON_RPC_URL.*or POLYMARKET_CHAIN_ID/s,
  ],
  [
    'an unfunded wallet',
    () => ({ POLYMARKET_PRIVATE_KEY: `0x${'5e'.repeat(32)}` }),
    /wallet 0x[0-9a-fA-F]{40}: found 0 pUSD; expected some.*Deposit pUSD/s,
  ],
];

describe('the worker refuses', () => {
  it.each(CASES)('%s', { timeout: 60_000 }, async (_, changed, message) => {
    const { code, text, answer } = await startWith(await changed());
    expect(text).toMatch(message);
    expect(answer).toMatchObject({ ok: false });
    expect(answer.message).toMatch(message);
    expect(text.match(/at .*\.ts:\d+/)).toBeNull();
    expect(code).toBe(2);
    // No run was begun, so nothing can have been sent.
    expect(existsSync(join(folder.path, 'data', 'runs'))).toBe(false);
    expect(existsSync(join(folder.path, 'data', 'worker.lock'))).toBe(false);
  });

  it('to stand on production without a terminal and without --yes', { timeout: 30_000 }, async () => {
    const errors: string[] = [];
    const { POLYMARKET_PRIVATE_KEY } = good;
    const worker = startWorkerChild(
      { POLYMARKET_PRIVATE_KEY: POLYMARKET_PRIVATE_KEY ?? '', EVENKEEL_DATA_DIR: join(folder.path, 'data') },
      [],
      (line) => errors.push(line),
    );
    expect(await worker.ended).toBe(2);
    expect(errors.join('\n')).toMatch(/PRODUCTION.*--yes/s);
  });
});
