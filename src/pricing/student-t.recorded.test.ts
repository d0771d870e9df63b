import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { studentTCdf } from './student-t.ts';

const SHARED = process.env.EVENKEEL_SHARED_DATA ?? join(import.meta.dirname, '../../../shared/data');
const MPMATH = join(SHARED, 'vectors/student_t_cdf_mpmath.json');
const JULIA = ['small_small', 'large_large'].map((name) =>
  join(SHARED, `vectors/student_t_stdlib/${name}.json`),
);

/** Both tails are held: P(T > t) is P(T < -t), and there 1 - cdf would hide every digit. */
const BODY = 1e-4;
const BODY_ERROR = 1e-12;
const TAIL_ERROR = 1e-10;

function holds(found: number, expected: number, what: string): void {
  const allowed = expected > BODY && expected < 1 - BODY ? BODY_ERROR : TAIL_ERROR;
  expect(Math.abs(found / expected - 1), what).toBeLessThanOrEqual(allowed);
}

describe('Student-t against arithmetic of others', () => {
  if (!existsSync(MPMATH)) {
    it(`skipped: ../shared/data not found`, () => {
      expect(process.env.CI, `CI needs ${MPMATH}`).not.toBe('true');
    });
    return;
  }

  it('equals every 40-digit vector', () => {
    const { vectors } = JSON.parse(readFileSync(MPMATH, 'utf8')) as {
      readonly vectors: readonly { readonly df: string; readonly t: string; readonly cdf: string }[];
    };
    expect(vectors.length).toBeGreaterThan(100);
    let tails = 0;
    for (const { df, t, cdf } of vectors) {
      holds(studentTCdf(Number(t), Number(df)), Number(cdf), `t ${t}, df ${df}`);
      if (Number(cdf) < BODY) tails += 1;
    }
    expect(tails).toBeGreaterThan(5);
  });

  it.each(JULIA)('equals every vector of %s', (file) => {
    const { x, v, expected } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, readonly number[]>;
    expect(x?.length).toBeGreaterThan(1_000);
    for (const [index, t] of x!.entries())
      holds(studentTCdf(t, v![index]!), expected![index]!, `t ${t}, df ${v![index]}`);
  });
});
