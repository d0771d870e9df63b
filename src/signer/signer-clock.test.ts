import { describe, expect, it } from 'vitest';
import { orderRequest } from '../adapters/polymarket/testing/orders.ts';
import { isSigned } from '../ports/signer.ts';
import { keptLog } from '../runtime/test-support/manual-timers.ts';
import { createSignerClock, createStepWatch } from './signer-clock.ts';
import { testSigner } from './testing/test-signer.ts';

const T0 = 1_795_373_206_847;
const HOUR_MS = 3_600_000;

/** A machine whose clock can be set while time passes. */
function machine() {
  let steady = 1_000;
  let setBy = 0;
  return {
    nowMs: () => T0 + steady - 1_000 + setBy,
    steadyMs: () => steady,
    pass: (ms: number) => {
      steady += ms;
    },
    set: (byMs: number) => {
      setBy += byMs;
    },
  };
}

describe('the clock of the signer', () => {
  it('counts days by what has passed, however the clock of the machine is set', () => {
    const own = machine();
    const clock = createSignerClock(own);
    expect(clock.dayMs()).toBe(T0);
    for (const step of [-HOUR_MS, 30 * HOUR_MS, -400 * HOUR_MS]) {
      own.set(step);
      own.pass(1_000);
      clock.nowMs();
    }
    expect(clock.dayMs()).toBe(T0 + 3_000);
  });

  it('goes on from before where the clock is set back, and from where the signer before it was', () => {
    const own = machine();
    const clock = createSignerClock(own);
    own.set(-HOUR_MS);
    expect(clock.nowMs()).toBe(T0);
    own.pass(1_000);
    expect([clock.nowMs(), clock.aheadMs()]).toEqual([T0 + 1_000, HOUR_MS]);
    const next = createSignerClock(own, clock.nowMs());
    expect([next.nowMs(), next.aheadMs(), next.dayMs()]).toEqual([T0 + 1_000, HOUR_MS, own.nowMs()]);
  });

  it('reads a time by whichever now is nearer', () => {
    const own = machine();
    const clock = createSignerClock(own);
    own.set(-HOUR_MS);
    expect(clock.nearest(T0 + 5)).toBe(T0);
    expect(clock.nearest(T0 - HOUR_MS - 5)).toBe(T0 - HOUR_MS);
    expect(clock.nearest(T0 - 0.4 * HOUR_MS)).toBe(T0);
    expect(clock.nearest(T0 - 0.6 * HOUR_MS)).toBe(T0 - HOUR_MS);
  });
});

describe('a step of the clock', () => {
  it('is told once, with what it means, and passing time is none', () => {
    const own = machine();
    const log = keptLog();
    const look = createStepWatch(own, log);
    for (const passed of [1_000, 1_000, 90_000]) {
      own.pass(passed);
      look();
    }
    // What a time server corrects little by little is no step.
    own.set(-1_900);
    look();
    expect(log.lines).toEqual([]);
    own.set(-HOUR_MS);
    look();
    look();
    own.pass(1_000);
    look();
    expect(log.lines).toEqual([expect.stringMatching(/^warning: .*set back by 3600 s.*Synchronise/)]);
    own.set(2_000);
    look();
    expect(log.lines).toHaveLength(2);
    expect(log.lines[1]).toMatch(/set forward by 2 s.*give nothing back/);
  });
});

describe('a signer whose machine has its clock set back by an hour', () => {
  async function setBack() {
    const own = machine();
    const signer = await testSigner({ nowMs: own.nowMs });
    const signs = async (timestampMs: number): Promise<boolean> =>
      (await signer.signOrders([orderRequest({ timestampMs })])).every(isSigned);
    expect(await signs(T0)).toBe(true);
    own.set(-HOUR_MS);
    return { signer, signs };
  }

  it('goes on signing what its worker dates, whose time goes on too, and proofs of the time that the machine has', async () => {
    const { signer, signs } = await setBack();
    expect(await signs(T0 + 1_000)).toBe(true);
    expect(await signs(T0 - HOUR_MS)).toBe(true);
    expect(await signer.proveKey(Math.floor((T0 - HOUR_MS) / 1_000), 0)).toMatch(/^0x/);
  });

  it('signs nothing of any other time', async () => {
    const { signer, signs } = await setBack();
    for (const offMs of [-HOUR_MS - 601_000, -HOUR_MS + 601_000, -601_000, 601_000])
      expect(await signs(T0 + offMs)).toBe(false);
    await expect(signer.proveKey(Math.floor((T0 - HOUR_MS / 2) / 1_000), 0)).rejects.toThrow('s from the');
  });

  it('holds the end of an order against the now that it is dated by', async () => {
    const { signer } = await setBack();
    const timeInForce = 'GTD' as const;
    const expirationS = Math.floor((T0 - HOUR_MS) / 1_000) + 600;
    const sign = (timestampMs: number) =>
      signer.signOrders([{ ...orderRequest({ timeInForce, timestampMs }), expirationS }]);
    expect(await sign(T0)).toMatchObject([{ refused: expect.stringContaining('has passed') }]);
    expect((await sign(T0 - HOUR_MS)).every(isSigned)).toBe(true);
  });
});
