/**
 * The rules that trading control is held to, written anew from a record of what has happened (`Ghost`): they ask nothing of the code
 * but its blocks.
 */
import { BLOCK_RULES, type BlockName, mayTransmit, type TradingMode } from '../../risk/trading-state.ts';
import { isWorthKnown } from '../trading-control.ts';
import type { ControlTerms, EventName, ModelState } from './control-model.ts';
import {
  COOLDOWN_MS,
  DAILY_STOP_PCT,
  DAY_MS,
  FEEDS,
  KILL_PCT,
  REDUCE_PCT,
  RESUME_PCT,
} from './control-terms.ts';

const LOSS_OF = {
  market: 'market feed down',
  user: 'user feed down',
  heartbeat: 'heartbeat down',
} as const;
const FEED_BLOCK = { market: 'marketFeed', user: 'userFeed', heartbeat: 'heartbeat' } as const;

/** Keeps the record of what has happened. */
export function follow(before: ModelState, { control, ghost, worth }: ModelState, event: EventName): void {
  const day = Math.floor(control.nowMs / DAY_MS);
  const stood = before.control.trading.blocks;
  const { blocks } = control.trading;
  if (event === 'resume' && LOSS_BLOCKS.some((block) => stood.has(block))) {
    ghost.highWater = null;
    ghost.dayStart = null;
    ghost.killedAtMs = null;
  }
  if (isWorthKnown(control)) {
    ghost.highWater = Math.max(ghost.highWater ?? worth, worth);
    if (ghost.startedDay !== day) ghost.dayStart = worth;
    ghost.dayStart ??= worth;
    ghost.startedDay = day;
  }
  if (ghost.recoveriesDay !== day) {
    ghost.recoveriesDay = day;
    ghost.recoveries = 0;
  }
  if (!blocks.has('drawdownKill')) {
    if (stood.has('drawdownKill') && event !== 'resume') ghost.recoveries += 1;
    ghost.killedAtMs = null;
  } else ghost.killedAtMs ??= control.nowMs;
}

const LOSS_BLOCKS = ['drawdownReduce', 'drawdownKill', 'drawdownStopLoss', 'dailyStopLoss'] as const;

/** Everything about one step that is against the rules. */
export function wrongIn(
  terms: ControlTerms,
  before: ModelState,
  after: ModelState,
  event: EventName,
): string[] {
  const wrong: string[] = [];
  const { trading } = after.control;
  const stood = before.control.trading.blocks;
  if (trading.mode !== strictest(trading.blocks.keys()))
    wrong.push(`mode is ${trading.mode} with ${[...trading.blocks.keys()].join(', ')}`);
  for (const name of stood.keys())
    if (!trading.blocks.has(name)) wrong.push(...wrongEnd(terms, name, before, after, event));
  if (mayTransmit(trading.mode) && !mayTransmit(before.control.trading.mode) && event !== 'reads')
    wrong.push('trading went on without reads');
  wrong.push(...missing(terms, before, after, event));
  return wrong;
}

const STRICT_ORDER: readonly TradingMode[] = ['active', 'reducing', 'starting', 'halted', 'stopping'];

function strictest(blocks: Iterable<BlockName>): TradingMode {
  let found = 0;
  for (const name of blocks) found = Math.max(found, STRICT_ORDER.indexOf(BLOCK_RULES[name].mode));
  return STRICT_ORDER[found] as TradingMode;
}

/** Why a block may not have ended in this step. */
function wrongEnd(
  terms: ControlTerms,
  name: BlockName,
  before: ModelState,
  after: ModelState,
  event: EventName,
): string[] {
  const unless = (isRight: boolean, text: string): string[] => (isRight ? [] : [`${name} ${text}`]);
  const isResume = event === 'resume';
  const isRestart = event === 'restart';
  const downPct = 100 * (1 - after.worth / (before.ghost.highWater ?? after.worth));
  switch (name) {
    case 'notReconciled':
      return unless(event === 'reads', 'ended without reads');
    case 'heartbeat':
      return unless(event === 'heartbeat up', 'ended without a beat');
    case 'userFeed':
      return unless(event === 'user feed up', 'ended without the socket');
    case 'marketFeed':
      return unless(event === 'market feed up' || isRestart, 'ended without the socket');
    case 'operatorPause':
    case 'operatorReduce':
    case 'operatorHalt':
    case 'drawdownStopLoss':
      return unless(isResume, isRestart ? 'was lost by a restart' : 'ended without a person');
    case 'dailyStopLoss':
      return unless(
        isResume || before.ghost.startedDay !== Math.floor(after.control.nowMs / DAY_MS),
        isRestart ? 'was lost by a restart' : 'ended on the same day',
      );
    case 'ledgerResidual':
      return unless(
        event === 'reads' && !after.loseAgain,
        isRestart ? 'was lost by a restart' : 'ended while it differs',
      );
    case 'drawdownReduce':
      if (isRestart) return [`${name} was lost by a restart`];
      return unless(
        isResume || downPct < REDUCE_PCT || after.control.trading.blocks.has('drawdownKill'),
        'ended while the drawdown is above its limit',
      );
    case 'drawdownKill': {
      if (isResume) return [];
      if (isRestart) return [`${name} was lost by a restart`];
      const passedMs = after.control.nowMs - (before.ghost.killedAtMs ?? after.control.nowMs);
      const isNewDay = before.ghost.recoveriesDay !== Math.floor(after.control.nowMs / DAY_MS);
      const used = isNewDay ? 0 : before.ghost.recoveries;
      return [
        ...unless(passedMs >= COOLDOWN_MS, 'ended before its cool-down'),
        ...unless(downPct < RESUME_PCT, `ended at a drawdown of ${downPct.toFixed(1)} %`),
        ...unless(used < terms.maxRecoveriesPerDay, 'ended by itself once more than it may'),
        ...unless(!after.control.trading.blocks.has('drawdownStopLoss'), 'ended while the stop stands'),
      ];
    }
    case 'operatorStop':
      return [`${name} ended`];
  }
}

/** What should stand after this step and does not. */
function missing(
  terms: ControlTerms,
  before: ModelState,
  { control, ghost, worth, loseAgain }: ModelState,
  event: EventName,
): string[] {
  const wrong: string[] = [];
  const { trading } = control;
  const isHalted = trading.mode === 'halted';
  // A feed that never came up has its own block since the start, or had nothing to connect for.
  for (const feed of FEEDS)
    if (event === LOSS_OF[feed] && before.control.feeds[feed].up && !isHalted)
      wrong.push(`${FEED_BLOCK[feed]} is down and trading is not halted`);
  if (event === 'pause' || event === 'halt') {
    if (!isHalted) wrong.push(`a person's ${event} does not halt`);
  }
  if (event === 'reduce' && trading.mode === 'active') wrong.push("a person's reduce does not reduce");
  const wasDifferent = before.control.reconciliation.chain?.differsSinceMs != null;
  if (event === 'reads' && loseAgain && wasDifferent && !isHalted)
    wrong.push('chain and books still differ and trading is not halted');
  if (!isWorthKnown(control) || ghost.highWater === null || ghost.dayStart === null) return wrong;
  const downPct = 100 * (1 - worth / ghost.highWater);
  const lostPct = 100 * (1 - worth / ghost.dayStart);
  const expectBlock = (name: BlockName, why: string): void => {
    if (!trading.blocks.has(name)) wrong.push(`${name} is missing at ${why}`);
  };
  if (downPct >= KILL_PCT) expectBlock('drawdownKill', `a drawdown of ${downPct.toFixed(1)} %`);
  else if (downPct >= REDUCE_PCT && !trading.blocks.has('drawdownKill'))
    expectBlock('drawdownReduce', `a drawdown of ${downPct.toFixed(1)} %`);
  if (downPct >= terms.stopPct && terms.stopPct > KILL_PCT)
    expectBlock('drawdownStopLoss', `a drawdown of ${downPct.toFixed(1)} %`);
  if (downPct >= terms.stopPct && ghost.recoveries >= terms.maxRecoveriesPerDay)
    expectBlock('drawdownStopLoss', `a drawdown of ${downPct.toFixed(1)} % and no recovery left`);
  if (lostPct >= DAILY_STOP_PCT) expectBlock('dailyStopLoss', `a loss of ${lostPct.toFixed(1)} % on the day`);
  return wrong;
}
