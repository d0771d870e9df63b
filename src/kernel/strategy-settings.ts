import type { Settings } from '../settings/settings.ts';

/** The part of the settings that decides. It holds no secret, so it may be journaled and replayed. */
export type StrategySettings = Pick<Settings, 'mm' | 'trading' | 'heartbeat'>;

/** Only what decides goes into the journal. */
export const strategySettingsOf = ({ mm, trading, heartbeat }: Settings): StrategySettings => ({
  mm,
  trading,
  heartbeat,
});
