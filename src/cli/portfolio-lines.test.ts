import { expect, it } from 'vitest';
import type { PortfolioReport } from '../app/index.ts';
import { portfolioLines } from './portfolio-lines.ts';

const counts = { agrees: 0, ahead: 0, behind: 0, moving: 0, differs: 0 };
const report: PortfolioReport = {
  wallet: '0xwallet',
  asOfMs: 1_790_000_000_000,
  from: 'journal',
  run: { runId: 'run-1', startedAtMs: 0 },
  cashFinalUsd: 995.2,
  cashProvisionalUsd: -0.96,
  held: [
    {
      conditionId: '0x1' as never,
      slug: 'a-market',
      outcome: 'YES',
      tokenId: '123456789012345678' as never,
      finalShares: 10,
      provisionalIn: 2,
      provisionalOut: 0,
      averageCost: 0.48,
      costUsd: 5.76,
      mark: 0.6,
      markSource: 'listing',
      valueUsd: 7.2,
      unrealisedUsd: 1.44,
    },
  ],
  markets: [],
  totals: {
    valueUsd: 1_001.44,
    heldUsd: 7.2,
    depositedUsd: 1_000,
    realisedUsd: 0,
    unrealisedUsd: 1.44,
    feesUsd: 0,
    rewardsUsd: 0,
    rebatesUsd: 0,
    profitUsd: 1.44,
    residualMicroUsd: 0,
  },
  directional: {
    held: [
      {
        conditionId: '0x1' as never,
        slug: 'a-market',
        outcome: 'YES',
        shares: 12,
        entryPrice: 0.48,
        mark: 0.6,
        unrealisedUsd: 1.44,
      },
    ],
    closed: 3,
    realisedUsd: -2.5,
  },
  sources: [
    {
      source: 'chain',
      askedAtMs: 0,
      lagSeconds: 60,
      trouble: 'no answer from the node',
      block: null,
      counts,
      assets: [],
    },
    {
      source: 'data',
      askedAtMs: 0,
      lagSeconds: 180,
      trouble: null,
      block: null,
      counts: { ...counts, differs: 1 },
      assets: [
        {
          source: 'data',
          asset: '123456789012345678' as never,
          books: 10_000_000,
          provisional: 0,
          found: 9,
          residual: -9_999_991,
          verdict: 'differs',
          agoMs: null,
          why: 'nothing of it has moved for longer than 180 s',
        },
      ],
    },
  ],
  dataValueUsd: 7,
  differences: 1,
  residualMicroUsd: 0,
};

it('shows positions, who does not answer, and a difference by the name of what it is of', () => {
  const text = portfolioLines(report).join('\n');
  expect(text).toMatch(/a-market +YES +10\.00 +\+2\.00 +0\.4800 +0\.6000 +7\.20 +1\.44 \(listing\)/);
  expect(text).toContain('chain: no answer from the node');
  expect(text).toContain(
    'a-market YES: differs, books 10000000, found 9, residual -9999991 millionths; nothing of it has moved',
  );
  expect(text).toContain('what came or went since is taken in at the next start');
});

it('shows what was bought on the word of the model apart, and nothing where nothing was', () => {
  const text = portfolioLines(report).join('\n');
  expect(text).toContain('of these, directional: 1 held, 3 closed of late, realised -2.50 USD net of fees');
  expect(text).toMatch(/a-market +YES +12\.00 bought at +0\.4800, now +0\.6000, unrealised +1\.44/);
  const none = { held: [], closed: 0, realisedUsd: 0 };
  expect(portfolioLines({ ...report, directional: none }).join('\n')).not.toContain('directional');
});
