import type { KernelState } from '../kernel/state.ts';
import { figuresOf, meaningOf } from '../risk/refusal.ts';

/** Refusals of the risk gate with one code, as a person reads them. */
export interface ShownRefusal {
  readonly code: string;
  readonly times: number;
  /** What is held by it. */
  readonly what: string;
  /** The settings that set its limit; null where none does. */
  readonly setting: string | null;
  /** The last of them; null where an earlier version of the program counted it. */
  readonly last: {
    readonly atMs: number;
    /** The slug of its market, or the market's id where that is not listed any more. */
    readonly market: string;
    /** Found and allowed, in the unit of the limit; null where there are no figures. */
    readonly figures: string | null;
    readonly text: string;
  } | null;
}

/** Every code that has refused something in this run, the most frequent first. */
export function shownRefusals({ counts, markets }: KernelState): ShownRefusal[] {
  return Object.entries(counts.refused)
    .sort(([, a], [, b]) => b - a)
    .map(([code, times]) => {
      const { what, setting } = meaningOf(code) ?? { what: code, setting: null };
      const last = counts.lastRefused[code];
      if (last === undefined) return { code, times, what, setting, last: null };
      const { atMs, conditionId, value, limit, text } = last;
      const market = markets.get(conditionId)?.market.slug ?? conditionId;
      return {
        code,
        times,
        what,
        setting,
        last: { atMs, market, figures: figuresOf(code, value, limit), text },
      };
    });
}
