import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPolymarketVenue, type PolymarketVenue } from '../../src/adapters/polymarket/index.ts';
import { silentLog } from '../../src/adapters/polymarket/testing/silent-log.ts';
import { armFault } from '../../src/local-venue/clob/faults.ts';
import {
  createTrader,
  startTestVenue,
  type TestTrader,
  type TestVenue,
} from '../../src/local-venue/clob/test-support/venue.ts';
import type { SignerPort } from '../../src/ports/signer.ts';
import { createHeartbeat, type Heartbeat } from '../../src/runtime/heartbeat.ts';
import { testSigner } from '../../src/signer/testing/test-signer.ts';

/** The worker's heartbeat against the venue's sweep, on the venue's own clock: beats would be answered, cancels are not. */

let local: TestVenue;
let trader: TestTrader;
let signer: SignerPort;
let venue: PolymarketVenue;
let heartbeat: Heartbeat;
let mayBeat: boolean;
let beats: number;
let underWay: number;

beforeEach(async () => {
  local = await startTestVenue();
  trader = await createTrader(local, 0, local.clock);
  signer = await testSigner({
    privateKey: trader.account.privateKey,
    chainId: local.chain.chainId,
    nowMs: () => local.clock.nowMs(),
  });
  venue = createPolymarketVenue({
    clobUrl: local.urls.clob,
    signer,
    signatureType: 0,
    credentials: null,
    nowMs: () => local.clock.nowMs(),
    log: silentLog,
  });
  mayBeat = true;
  beats = 0;
  underWay = 0;
  heartbeat = createHeartbeat({
    venue: {
      beat: async (id, signal) => {
        underWay += 1;
        try {
          const next = await venue.beat(id, signal);
          beats += 1;
          return next;
        } finally {
          underWay -= 1;
        }
      },
      rebuild: (signal) => venue.rebuild(signal),
    },
    intervalMs: 5_000,
    timers: local.clock,
    submit: () => undefined,
    log: silentLog,
    mayBeat: () => mayBeat,
  });
  await trader.place({ side: 'BUY', price: 0.4, size: 10 });
  heartbeat.start();
  await pass(100);
  expect(beats).toBe(1);
});
afterEach(async () => {
  heartbeat.stop();
  await venue.close();
  await signer.close();
  await local.stop();
});

/** Lets the venue's time pass, and each beat be answered before it goes on. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    local.clock.advance(100);
    do await new Promise(setImmediate);
    while (underWay > 0);
  }
}

const openCount = (): number => local.state.openOrders(trader.account.address).length;
const cancelAll = () => venue.cancelAll(AbortSignal.timeout(5_000));

it('while orders may rest, beats keep them', async () => {
  await pass(60_000);
  expect(beats).toBeGreaterThanOrEqual(12);
  expect(openCount()).toBe(1);
});

it('once they have to go and no cancel gets through, the sweep takes them within 15 s', async () => {
  await pass(7_000);
  armFault(local.faults, 'restarting', { request: 'DELETE /cancel-all' });
  mayBeat = false;
  await expect(cancelAll()).rejects.toThrow();
  const before = beats;
  await pass(15_000);
  expect(beats).toBe(before);
  expect(openCount()).toBe(0);
});

it('what arrives behind the sweep is taken by the next one, which a single beat arms', async () => {
  armFault(local.faults, 'restarting', { request: 'DELETE /cancel-all' });
  mayBeat = false;
  await pass(16_000);
  expect(openCount()).toBe(0);
  await trader.place({ side: 'BUY', price: 0.4, size: 10 });
  await pass(3_000);
  expect(openCount()).toBe(1);
  const before = beats;
  await pass(20_000);
  expect(beats).toBe(before + 1);
  expect(openCount()).toBe(0);
});
