import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ListMarketsResponseSchema } from '@polymarket/bindings/gamma';
import { describe, expect, it } from 'vitest';
import { tokenIdsOf } from '../chain/conditions.ts';
import { readGammaMarkets } from './gamma-file.ts';
import { timeOf } from './gamma-object.ts';
import { recordedCatalogue } from './recorded-markets.ts';

const root = process.env.EVENKEEL_SHARED_DATA ?? resolve(import.meta.dirname, '../../../../shared/data');
const present = existsSync(root);
if (!present && process.env.CI === 'true') throw new Error(`${root} not found, and CI must have it`);
if (!present) console.log('skipped: ../shared/data not found');
const nowMs = Date.parse('2026-11-22T20:00:00Z');

function counts(path: string): { markets: number; conditions: number; tokens: number } {
  const { entries } = recordedCatalogue(join(root, path), { nowMs, maxMarkets: 10_000 });
  const tokens = entries.filter(({ recorded, negRisk }) => {
    if (recorded === null) return false;
    const { yesTokenId, noTokenId } = tokenIdsOf(recorded.conditionId, negRisk);
    return recorded.tokenIds[0] === yesTokenId && recorded.tokenIds[1] === noTokenId;
  });
  const conditions = entries.filter(({ oracle }) => oracle !== null);
  return { markets: entries.length, conditions: conditions.length, tokens: tokens.length };
}

describe.runIf(present)('recorded Gamma markets', () => {
  it('derives every id of the event snapshot', () => {
    expect(counts('gamma/wenfp108_gamma_events')).toEqual({ markets: 245, conditions: 245, tokens: 245 });
  });

  it('derives every id of the five minute markets', () => {
    expect(counts('gamma/ligengxin96')).toEqual({ markets: 292, conditions: 292, tokens: 292 });
  });

  it('reads plain and gzip files by content', () => {
    expect(readGammaMarkets(join(root, 'gamma/ligengxin96/BTC-5m-markets-2026-06-08.jsonl.gz'))).toHaveLength(
      292,
    );
    expect(readGammaMarkets(join(root, 'gamma/nautilus_gamma/gamma_market.json'))).toHaveLength(1);
    expect(readGammaMarkets(join(root, 'gamma/nautilus_gamma/gamma_event.json'))).toHaveLength(2);
  });

  it('opens markets whose end lies ahead', () => {
    for (const path of ['gamma/wenfp108_gamma_events', 'gamma/ligengxin96']) {
      const { entries, notes } = recordedCatalogue(join(root, path), { nowMs });
      expect(entries).toHaveLength(40);
      expect(notes.length).toBeGreaterThan(1);
      for (const { gamma } of entries) {
        expect(gamma.closed).toBe(false);
        expect(timeOf(gamma, 'endDate') ?? Number.POSITIVE_INFINITY).toBeGreaterThan(nowMs);
      }
    }
  });

  it('serves objects that the official schema accepts', () => {
    for (const path of ['gamma/wenfp108_gamma_events', 'gamma/ligengxin96']) {
      const { entries } = recordedCatalogue(join(root, path), { nowMs, maxMarkets: 1_000 });
      const parsed = ListMarketsResponseSchema.parse(entries.map(({ gamma }) => gamma));
      expect(parsed).toHaveLength(entries.length);
    }
  });

  it('says what is wrong with a file of another kind', () => {
    expect(() => readGammaMarkets(join(root, 'gamma/cl0110/polymarket_markets.json'))).toThrow(
      /expected Gamma market objects/,
    );
    expect(() => readGammaMarkets(join(root, 'gamma/absent.json'))).toThrow(/no such file/);
  });
});
