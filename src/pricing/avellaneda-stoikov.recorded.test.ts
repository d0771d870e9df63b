import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { optimalSpread, reservationPrice } from './avellaneda-stoikov.ts';

const SHARED = process.env.EVENKEEL_SHARED_DATA ?? join(import.meta.dirname, '../../../shared/data');
const FILE = join(SHARED, 'vectors/avellaneda_stoikov_closed_form.json');

interface Vector {
  readonly s: string;
  readonly q: string;
  readonly gamma: string;
  readonly sigma: string;
  readonly k: string;
  readonly T_minus_t: string;
  readonly reservation: string;
  readonly total_spread: string;
  readonly bid: string;
  readonly ask: string;
}

describe('Avellaneda-Stoikov against 50-digit arithmetic', () => {
  if (!existsSync(FILE)) {
    it(`skipped: ../shared/data not found`, () => {
      expect(process.env.CI, `CI needs ${FILE}`).not.toBe('true');
    });
    return;
  }
  const { vectors } = JSON.parse(readFileSync(FILE, 'utf8')) as { readonly vectors: readonly Vector[] };

  it('equals every vector to 12 digits', () => {
    expect(vectors.length).toBeGreaterThan(100);
    for (const vector of vectors) {
      const [s, q, gamma, sigma, k, tau] = [
        vector.s,
        vector.q,
        vector.gamma,
        vector.sigma,
        vector.k,
        vector.T_minus_t,
      ].map(Number) as [number, number, number, number, number, number];
      const parameters = { gamma, k, varianceOverHorizon: sigma * sigma * tau };
      const reservation = reservationPrice(s, q, parameters);
      const spread = optimalSpread(parameters);
      const close = (found: number, expected: string) =>
        expect(Math.abs(found - Number(expected))).toBeLessThanOrEqual(
          1e-12 * Math.max(1, Math.abs(Number(expected))),
        );
      close(reservation, vector.reservation);
      close(spread, vector.total_spread);
      close(reservation - spread / 2, vector.bid);
      close(reservation + spread / 2, vector.ask);
    }
  });
});
