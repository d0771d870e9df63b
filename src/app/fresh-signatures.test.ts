import { describe, expect, it } from 'vitest';
import type { VenuePort } from '../ports/venue.ts';
import { applyFeed, applyOperator, createTradingState, unblock } from '../risk/trading-state.ts';
import { defaultSettings } from '../settings/index.ts';
import { type SigningGround, signOnPresentGround } from './fresh-signatures.ts';

/** A venue that notes what is done, on ground that can be changed. */
function ground() {
  const done: string[] = [];
  const trading = createTradingState(1_000);
  unblock(trading, 'notReconciled', 1_000);
  const state: { trading: SigningGround['trading']; settings: SigningGround['settings'] } = {
    trading,
    settings: defaultSettings(),
  };
  const venue = signOnPresentGround<Pick<VenuePort, 'prepare'>>(
    {
      prepare: async () => {
        done.push('sign');
        return [];
      },
    },
    () => state,
    () => done.push('forget'),
  );
  const sign = async (): Promise<string> => {
    done.length = 0;
    await venue.prepare([]);
    return done.join(' then ');
  };
  return { state, sign };
}

describe('what was signed ahead', () => {
  it('is used as long as nothing has changed', async () => {
    const { sign } = ground();
    await sign();
    expect([await sign(), await sign()]).toEqual(['sign', 'sign']);
  });

  it.each(['pause', 'halt', 'reduce'] as const)(
    'is forgotten before anything is signed after a %s, though no order rested and nothing was cancelled',
    async (order) => {
      const { state, sign } = ground();
      await sign();
      applyOperator(state.trading, order, 'a test', 2_000);
      if (order === 'reduce') expect(await sign()).toBe('forget then sign');
      applyOperator(state.trading, 'resume', 'a test', 2_500);
      expect(await sign()).toBe('forget then sign');
      expect(await sign()).toBe('sign');
    },
  );

  it('is forgotten before anything is signed after a lost feed, and after a change of settings', async () => {
    const { state, sign } = ground();
    await sign();
    // In the very millisecond in which trading began.
    applyOperator(state.trading, 'reduce', 'a test', 1_000);
    expect(await sign()).toBe('forget then sign');
    applyFeed(state.trading, 'market', false, 'lost', 2_000);
    applyFeed(state.trading, 'market', true, 'back', 3_000);
    expect(await sign()).toBe('forget then sign');
    state.settings = { ...state.settings };
    expect(await sign()).toBe('forget then sign');
    expect(await sign()).toBe('sign');
  });
});
