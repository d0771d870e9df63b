import { expect, it } from 'vitest';
import type { DirectionalStatus } from '../app/index.ts';
import { directionalLines, tradesLines } from './directional-lines.ts';

const NOW = 1_790_000_000_000;
const QUIET: DirectionalStatus = {
  enabled: true,
  exitsEnabled: true,
  lastCycleAtMs: NOW - 180_000,
  cycleMinutes: 15,
  marketsInScope: 40,
  coinMarkets: 55,
  signals: { noEdge: 38, notPriced: 2 },
  withEdge: [],
  resting: [],
  positions: [],
  realised: { closed: 0, realisedUsd: 0 },
  coinsStopped: [],
  aiCheck: { enabled: true, asking: 0, failing: null },
  recalibration: { enabled: false, inUse: false, markets: 1, coinDays: 1, days: 1 },
  entriesToday: 0,
  maxEntriesPerDay: 20,
  nothingBecause: 'the latest signals: 2 not priced, 38 with too little edge',
};
const marked = (text: string): string => `! ${text}`;

it('says in a line what is looked at and held, and why nothing is entered', () => {
  expect(directionalLines(QUIET, NOW)).toEqual([
    'directional: last cycle 3 min ago, 40 of 55 coin markets in scope, 0 with edge, 0 entries rest, 0 positions open, 0 closed, realised 0.00 USD; 0 of 20 entries today',
    '  nothing is entered: the latest signals: 2 not priced, 38 with too little edge',
    '  probabilities are the model’s own (CD_RECALIBRATE=false); known so far: 1 resolved market of 1 day',
  ]);
});

it('shows positions with what they gained and why they are held, what rests, and signals with edge', () => {
  const lines = directionalLines(
    {
      ...QUIET,
      nothingBecause: null,
      realised: { closed: 2, realisedUsd: -1.5 },
      aiCheck: { enabled: true, asking: 1, failing: null },
      positions: [
        {
          id: 4,
          slug: 'btc-above-100k',
          coin: 'BTC',
          outcome: 'YES',
          shares: 50,
          entryPts: 48,
          midPts: 51.5,
          bidPts: 51,
          unrealisedUsd: 1.75,
          realisedUsd: -0.2,
          stopAtPts: 33,
          targetAtPts: 68,
          endAtMs: NOW + 5 * 3_600_000,
          heldBecause: 'between its stop at 33.0 and its target at 68.0',
        },
      ],
      resting: [
        { clientId: 'e-9', slug: 'eth-dip', outcome: 'NO', pricePts: 30, shares: 20, sinceMs: NOW - 60_000 },
      ],
      withEdge: [
        {
          slug: 'eth-dip',
          coin: 'ETH',
          outcome: 'NO',
          probabilityPct: 41.2,
          pricePts: 30,
          edgePts: 11.2,
          confirmations: 2,
          action: 'entered',
          why: 'seen twice',
          atMs: NOW,
        },
      ],
    },
    NOW,
  );
  expect(lines.slice(1)).toEqual([
    '  a model is asked about 1 entry',
    '  probabilities are the model’s own (CD_RECALIBRATE=false); known so far: 1 resolved market of 1 day',
    '  holds 50.00 YES of btc-above-100k: bought at 48.0, now 51.5, +1.75 USD, realised -0.20, ends in 5.0 h; between its stop at 33.0 and its target at 68.0',
    '  e-9 bids 30.0 for 20.00 NO of eth-dip, 60 s',
    '  edge 11.2: NO of eth-dip at 30.0 is worth 41.2; entered',
  ]);
});

it('says whether resolved markets correct the model, on how many, and what they lack to do so', () => {
  const evidence = { markets: 120, coinDays: 44, days: 15 };
  const lineOf = (inUse: boolean): string | undefined =>
    directionalLines({ ...QUIET, recalibration: { enabled: true, inUse, ...evidence } }, NOW).at(-1);
  expect(lineOf(true)).toBe('  probabilities are recalibrated on 120 resolved markets of 15 days');
  expect(lineOf(false)).toBe(
    '  probabilities are the model’s own: too few have resolved to recalibrate, 120 resolved markets of 15 days with 44 pairs of coin and day',
  );
});

it('marks what a person has to look at, and nothing else', () => {
  const lines = directionalLines(
    {
      ...QUIET,
      coinsStopped: [{ coin: 'SOL', because: 'SOL: no source has given a price yet' }],
      aiCheck: {
        enabled: true,
        asking: 0,
        failing: { because: 'http 529', times: 3, untilMs: NOW + 30_000 },
      },
    },
    NOW,
    marked,
  );
  expect(lines.filter((line) => line.startsWith('! '))).toEqual([
    '!   nothing is entered on SOL: SOL: no source has given a price yet',
    '!   the check before entries fails, 3 times: http 529; no entry without it, asked again in 30 s',
  ]);
  const quiet = directionalLines({ ...QUIET, exitsEnabled: false }, NOW, marked);
  expect(quiet.filter((line) => line.startsWith('! '))).toEqual([]);
});

it('is silent where it is switched off and holds nothing, and not where it holds something', () => {
  const off = { ...QUIET, enabled: false };
  expect(directionalLines(null, NOW)).toEqual([]);
  expect(directionalLines(off, NOW)).toEqual([]);
  expect(directionalLines({ ...off, realised: { closed: 1, realisedUsd: 1 } }, NOW)[0]).toContain(
    'entries are switched off',
  );
});

it('says at the end of a run what came of its trades, if there were any', () => {
  expect(tradesLines({ opened: 3, closed: 2, realisedUsd: 1.234, open: 1 })).toEqual([
    'directional: 3 positions opened, 2 closed for 1.23 USD net of fees, 1 open at the end',
  ]);
  expect(tradesLines({ opened: 0, closed: 0, realisedUsd: 0, open: 0 })).toEqual([]);
  expect(tradesLines(null)).toEqual([]);
});
