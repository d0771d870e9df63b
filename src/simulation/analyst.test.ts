import { describe, expect, it } from 'vitest';
import { runSeed, type SeedOptions } from './run-seed.ts';

/** A run in which a model scores markets, and what came of its questions. */
function scored(settings: SeedOptions['settings'] = {}) {
  const kinds = new Map<string, number>();
  const result = runSeed({
    seed: 'scorer',
    hours: 0.2,
    markets: 6,
    engine: 'legacy',
    informed: null,
    faults: 'some',
    settings: { MM_SCORER_ENABLED: 'true', MM_SCORER_CACHE_MINUTES: '1', ...settings },
    onStep: (_atMs, input) => kinds.set(input.kind, (kinds.get(input.kind) ?? 0) + 1),
  });
  return { result, answers: kinds.get('answered') ?? 0 };
}

describe('a simulated run with a model that scores markets', () => {
  it('holds every invariant and trades, whatever is answered, and is the same twice', () => {
    const first = scored();
    expect(first.result.violation).toBeNull();
    expect(first.answers).toBeGreaterThan(5);
    expect(first.result.fills).toBeGreaterThan(0);
    expect(scored().result.traceHash).toBe(first.result.traceHash);
  });

  it('quotes nothing where unscored markets are left out and nobody may be asked', () => {
    const { result, answers } = scored({ MM_SCORER_FAIL_OPEN: 'false', MM_SCORER_MAX_CALLS_PER_HOUR: '0' });
    expect(result.violation).toBeNull();
    expect(answers).toBe(0);
    expect(result.ordersPlaced).toBe(0);
  });
});
