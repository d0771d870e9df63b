import type { LossLimits } from '../risk/loss-watch.ts';
import type { StrategySettings } from './strategy-settings.ts';

/** The limits on the loss of the whole account, in percent and milliseconds. */
export const lossLimitsOf = ({ mm, trading }: StrategySettings): LossLimits => ({
  reducePct: mm.ddReducePct,
  killPct: mm.ddKillPct,
  resumePct: mm.ddResumePct,
  cooldownMs: mm.ddCooldownMinutes * 60_000,
  maxRecoveriesPerDay: mm.ddMaxRecoveriesPerDay,
  stopPct: trading.drawdownStopLossPercent,
  dailyStopPct: trading.stopLossPercent,
});
