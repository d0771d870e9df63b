/** What a flag of the model may do. A flag can only hold back: none of them makes a quote larger, closer or earlier. */
const FLAG_EFFECTS = {
  ambiguousResolution: { effect: 'exclude', reason: 'flagged: ambiguous resolution' },
  nearResolutionTrap: { effect: 'exclude', reason: 'flagged: near-resolution trap' },
  lowLiquidity: { effect: 'widen', reason: 'flagged: low liquidity' },
  manipulationRisk: { effect: 'widen', reason: 'flagged: manipulation risk' },
  extremePrice: { effect: 'widen', reason: 'flagged: extreme price' },
} as const;

export type Flag = keyof typeof FLAG_EFFECTS;
export const FLAGS = Object.keys(FLAG_EFFECTS) as readonly Flag[];
export const isFlag = (name: string): name is Flag => Object.hasOwn(FLAG_EFFECTS, name);

/** What a model has said of one market. Axes and overall from 1 to 10. */
export interface MarketScore {
  readonly clarity: number;
  readonly quality: number;
  readonly profitability: number;
  /** 0.4 clarity + 0.3 quality + 0.3 profitability, one decimal: worked out here, never taken from the answer. */
  readonly overall: number;
  readonly flags: readonly Flag[];
  /** One plain line for a person. Nothing decides by it. */
  readonly note: string;
}

/** Why a score keeps a market out. Phrases without figures, as all reasons of the scanner. */
export type ScoreExclusion =
  | Extract<(typeof FLAG_EFFECTS)[Flag], { effect: 'exclude' }>['reason']
  | 'scored too low';

export type ScoreVerdict =
  | { readonly kind: 'quote' }
  | { readonly kind: 'widen'; readonly reasons: readonly string[] }
  | { readonly kind: 'exclude'; readonly reason: ScoreExclusion };

/** The overall score of the three axes. */
export const overallOf = (clarity: number, quality: number, profitability: number): number =>
  Math.round(10 * (0.4 * clarity + 0.3 * quality + 0.3 * profitability)) / 10;

/** What a score leads to: the first flag that excludes, then the least score, then the flags that widen. */
export function verdictOn({ flags, overall }: MarketScore, minScore: number): ScoreVerdict {
  const widening: string[] = [];
  for (const flag of flags) {
    const row = FLAG_EFFECTS[flag];
    if (row.effect === 'exclude') return { kind: 'exclude', reason: row.reason };
    widening.push(row.reason);
  }
  if (overall < minScore) return { kind: 'exclude', reason: 'scored too low' };
  return widening.length > 0 ? { kind: 'widen', reasons: widening } : { kind: 'quote' };
}
