import { MICRO, type Usd } from '../../domain/units.ts';
import type { SetTerms } from '../../pricing/complete-set.ts';
import type { Settings } from '../../settings/index.ts';

export type ArbitrageSettings = Pick<
  Settings['mm'],
  'arbEnabled' | 'arbMinProfitPct' | 'arbMaxSizeUsd' | 'arbGasCostUsd' | 'enabled' | 'useSplitMerge'
>;

/** Without split and merge a set cannot be turned into the dollar that it is worth. */
export const isArbitrageOn = (mm: ArbitrageSettings): boolean =>
  mm.enabled && mm.arbEnabled && mm.useSplitMerge;

export const gasOf = (mm: ArbitrageSettings): Usd => Math.round(mm.arbGasCostUsd * MICRO) as Usd;

/** What a set must bring, as the settings say it; `legFailure` is measured. */
export const setTerms = (mm: ArbitrageSettings, legFailure: number): SetTerms => ({
  gasPerTransaction: gasOf(mm),
  maxCapital: Math.round(mm.arbMaxSizeUsd * MICRO) as Usd,
  minProfitPct: mm.arbMinProfitPct,
  legFailure,
});
