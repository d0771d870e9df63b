import type { Settings } from '../settings/settings.ts';

/** The part of the settings that decides. It holds no secret, so it may be journaled and replayed. */
export type StrategySettings = Pick<Settings, 'mm' | 'trading' | 'heartbeat'> &
  // Journals from before prices of coins were followed lack it, which means that they are not.
  Partial<Pick<Settings, 'cd'>>;

/** Only what decides goes into the journal. */
export const strategySettingsOf = ({ mm, trading, heartbeat, cd }: Settings): StrategySettings => ({
  mm,
  trading,
  heartbeat,
  cd,
});
