import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tokenIdsOf } from '../chain/conditions.ts';
import { readL2Captures } from './l2-capture.ts';

const root = process.env.EVENKEEL_SHARED_DATA ?? resolve(import.meta.dirname, '../../../../shared/data');
const present = existsSync(root);
if (!present && process.env.CI === 'true') throw new Error(`${root} not found, and CI must have it`);
if (!present) console.log('skipped: ../shared/data not found');

describe.runIf(present)('recorded L2 captures', () => {
  it('reads four markets without their duplicate rows, with ids that derive from their conditions', async () => {
    const captures = await readL2Captures(join(root, 'orderbook/btc15m_l2'));
    expect(captures.map(({ seconds }) => seconds.length)).toEqual([894, 894, 893, 130]);
    expect(captures.map(({ winner }) => winner)).toEqual(['NO', 'YES', 'YES', null]);
    expect(captures.map(({ tickSize }) => tickSize)).toEqual([100, 100, 100, 100]);
    for (const capture of captures) {
      expect(capture.duplicateRows).toBeGreaterThan(capture.seconds.length);
      const { yesTokenId, noTokenId } = tokenIdsOf(capture.conditionId, false);
      expect([capture.yesTokenId, capture.noTokenId]).toEqual([yesTokenId, noTokenId]);
    }
    const second = captures[1]?.seconds[0];
    expect(second?.bids[0]).toEqual({ price: 5500, size: 246_550_000 });
    expect(second?.asks[0]).toEqual({ price: 5600, size: 105_630_000 });
  });
});
