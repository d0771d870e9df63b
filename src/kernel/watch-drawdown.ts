import { type DrawdownLimits, observeValue, resetDrawdown } from '../risk/drawdown.ts';
import { block, unblock } from '../risk/trading-state.ts';
import { equityOf } from './gate-view.ts';
import type { Outbox } from './outbox.ts';
import type { KernelState } from './state.ts';
import type { StrategySettings } from './strategy-settings.ts';

const drawdownLimits = ({ mm }: StrategySettings): DrawdownLimits => ({
  reducePct: mm.ddReducePct,
  killPct: mm.ddKillPct,
  resumePct: mm.ddResumePct,
  cooldownMs: mm.ddCooldownMinutes * 60_000,
  maxRecoveriesPerDay: mm.ddMaxRecoveriesPerDay,
});

/** Holds the account's value against its high-water mark, and raises or clears what the limits ask for. */
export function watchDrawdown(state: KernelState, outbox: Outbox): void {
  const { drawdown, trading, nowMs } = state;
  if (!observeValue(drawdown, equityOf(state), drawdownLimits(state.settings), nowMs)) return;
  const why = `${drawdown.drawdownPct.toFixed(1)} % below the high-water mark`;
  if (drawdown.verdict === 'kill') block(trading, 'drawdownKill', why, nowMs);
  else unblock(trading, 'drawdownKill', nowMs);
  if (drawdown.verdict === 'reduce') block(trading, 'drawdownReduce', why, nowMs);
  else unblock(trading, 'drawdownReduce', nowMs);
  outbox.send({ kind: 'notify', level: 'alarm', text: `drawdown: ${drawdown.verdict}, ${why}` });
}

/** A person's resume after a kill accepts the loss: the mark starts again from here. */
export function acceptDrawdown(state: KernelState): void {
  if (state.drawdown.verdict === 'kill') resetDrawdown(state.drawdown, equityOf(state));
}
