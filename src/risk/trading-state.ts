import { utcText } from '../domain/utc-text.ts';

/**
 * What the worker may do. `starting`: reads only, until reconciled. `active`: everything. `reducing`: only orders that
 * shrink a position. `halted`: nothing but cancels. `stopping`: halted for good, the process ends once all is confirmed.
 */
export type TradingMode = 'starting' | 'active' | 'reducing' | 'halted' | 'stopping';

/** Something that holds trading back. Each is raised and cleared by its own fact, so that none hides another. */
export type BlockName =
  | 'notReconciled'
  | 'heartbeat'
  | 'userFeed'
  | 'marketFeed'
  | 'operatorPause'
  | 'operatorReduce'
  | 'operatorHalt'
  | 'operatorStop'
  | 'drawdownReduce'
  | 'drawdownKill'
  | 'drawdownStopLoss'
  | 'dailyStopLoss'
  | 'ledgerResidual';

interface BlockRule {
  readonly mode: TradingMode;
  readonly clearedBy: string;
  /** Whether a person's resume clears it. What it does not clear is held up by a fact, which ends by itself. */
  readonly isResumable: boolean;
  /** Whether it is still there in the next run, or a restart would be a way around it. The rest is found out anew. */
  readonly outlivesRestart: boolean;
}

const RESUME = 'resume by the operator';
const HELD_BY_FACT = { isResumable: false, outlivesRestart: false } as const;
const LASTING = { isResumable: true, outlivesRestart: true } as const;

/** What each block leads to and what clears it, as a reader is told it. */
export const BLOCK_RULES: Readonly<Record<BlockName, BlockRule>> = {
  notReconciled: {
    mode: 'starting',
    clearedBy: 'orders, trades and balances read and compared',
    ...HELD_BY_FACT,
  },
  heartbeat: { mode: 'halted', clearedBy: 'a confirmed heartbeat, then orders reconciled', ...HELD_BY_FACT },
  userFeed: {
    mode: 'halted',
    clearedBy: 'the user socket back, then orders and trades reconciled',
    ...HELD_BY_FACT,
  },
  marketFeed: { mode: 'halted', clearedBy: 'the market socket back and books read anew', ...HELD_BY_FACT },
  operatorPause: { mode: 'halted', clearedBy: RESUME, ...LASTING },
  operatorReduce: { mode: 'reducing', clearedBy: RESUME, ...LASTING },
  operatorHalt: { mode: 'halted', clearedBy: RESUME, ...LASTING },
  operatorStop: {
    mode: 'stopping',
    clearedBy: 'nothing: the process ends, and the next run starts without it',
    ...HELD_BY_FACT,
  },
  drawdownReduce: {
    mode: 'reducing',
    clearedBy: `drawdown a tenth below the limit, or ${RESUME}`,
    ...LASTING,
  },
  drawdownKill: {
    mode: 'halted',
    clearedBy: `drawdown below the resume limit after the cool-down, as often a day as is set, or ${RESUME}`,
    ...LASTING,
  },
  drawdownStopLoss: { mode: 'halted', clearedBy: RESUME, ...LASTING },
  dailyStopLoss: { mode: 'halted', clearedBy: `the next UTC day, or ${RESUME}`, ...LASTING },
  ledgerResidual: {
    mode: 'halted',
    clearedBy: `books and chain agreeing again, or ${RESUME}, who takes the difference into the books`,
    isResumable: false,
    outlivesRestart: true,
  },
};

/** What may not be done in each mode, as a reader is told it. */
export const BLOCKED_IN: Readonly<Record<TradingMode, string>> = {
  starting: 'every order and transaction; reads and cancels go on',
  active: 'nothing',
  reducing: 'whatever makes a position larger: orders that grow one, and splits',
  halted: 'every order and transaction; only cancels and reads go out',
  stopping: 'every order and transaction, for good: cancels and reads go out until all is gone',
};

export interface Block {
  readonly sinceMs: number;
  readonly why: string;
}

/** The trading state: the strictest of the blocks that stand, and since when it holds. */
export interface TradingState {
  mode: TradingMode;
  sinceMs: number;
  blocks: Map<BlockName, Block>;
}

const STRICTNESS: Readonly<Record<TradingMode, number>> = {
  active: 0,
  reducing: 1,
  starting: 2,
  halted: 3,
  stopping: 4,
};

/** A worker that has just started has read nothing yet. */
export function createTradingState(nowMs: number): TradingState {
  return {
    mode: 'starting',
    sinceMs: nowMs,
    blocks: new Map([['notReconciled', { sinceMs: nowMs, why: 'just started' }]]),
  };
}

/** What a new run starts with: unreconciled, and held back by whatever must not be got around by a restart, since when it was. */
export function tradingAfterRestart(before: TradingState, nowMs: number): TradingState {
  const trading = createTradingState(nowMs);
  for (const [name, standing] of before.blocks)
    if (BLOCK_RULES[name].outlivesRestart) trading.blocks.set(name, standing);
  settleMode(trading, nowMs);
  return trading;
}

/** Raises a block; one that stands keeps its time and takes the newest reason. Returns whether the mode changed. */
export function block(state: TradingState, name: BlockName, why: string, nowMs: number): boolean {
  const standing = state.blocks.get(name);
  state.blocks.set(name, { sinceMs: standing?.sinceMs ?? nowMs, why });
  return settleMode(state, nowMs);
}

/** Clears a block. A stop is never cleared. Returns whether the mode changed. */
export function unblock(state: TradingState, name: BlockName, nowMs: number): boolean {
  if (name === 'operatorStop') return false;
  state.blocks.delete(name);
  return settleMode(state, nowMs);
}

function settleMode(state: TradingState, nowMs: number): boolean {
  let mode: TradingMode = 'active';
  for (const name of state.blocks.keys()) {
    const wanted = BLOCK_RULES[name].mode;
    if (STRICTNESS[wanted] > STRICTNESS[mode]) mode = wanted;
  }
  if (mode === state.mode) return false;
  state.mode = mode;
  state.sinceMs = nowMs;
  return true;
}

/** The operator's word. `resume` clears what the operator or a limit on losses has raised, and nothing that a fact holds up. */
export function applyOperator(
  state: TradingState,
  order: 'pause' | 'resume' | 'reduce' | 'halt' | 'stop',
  why: string,
  nowMs: number,
): boolean {
  const before = state.mode;
  if (order === 'resume') {
    for (const name of [...state.blocks.keys()])
      if (BLOCK_RULES[name].isResumable) unblock(state, name, nowMs);
  } else block(state, OPERATOR_BLOCK[order], why, nowMs);
  return state.mode !== before;
}

const OPERATOR_BLOCK = {
  pause: 'operatorPause',
  reduce: 'operatorReduce',
  halt: 'operatorHalt',
  stop: 'operatorStop',
} as const satisfies Record<string, BlockName>;

/**
 * A feed went up or down. A lost heartbeat or user feed also calls for reconciliation, because orders may have been
 * cancelled or filled unseen; the caller runs it and clears `notReconciled` when it is done.
 */
export function applyFeed(
  state: TradingState,
  feed: 'market' | 'user' | 'heartbeat',
  up: boolean,
  reason: string,
  nowMs: number,
): boolean {
  const before = state.mode;
  const name: BlockName = feed === 'heartbeat' ? 'heartbeat' : feed === 'user' ? 'userFeed' : 'marketFeed';
  if (up) unblock(state, name, nowMs);
  else {
    block(state, name, reason, nowMs);
    if (feed !== 'market') block(state, 'notReconciled', `${feed} was lost`, nowMs);
  }
  return state.mode !== before;
}

/** Whether orders may be sent at all; in `reducing` only those that shrink a position. Cancels may always be sent. */
export const mayTransmit = (mode: TradingMode): boolean => mode === 'active' || mode === 'reducing';

/** Every standing block in one line each, with what clears it and since when it stands, unless that is the moment at which it is told. */
export const explainBlocks = ({ blocks }: TradingState, toldAtMs: number | null = null): string[] =>
  [...blocks].map(([name, standing]) => explainBlock(name, standing, toldAtMs));

/** Those of them that an earlier run may have left, because a restart does not lift them. */
export const lastingBlocks = ({ blocks }: TradingState): string[] =>
  [...blocks].flatMap(([name, standing]) =>
    BLOCK_RULES[name].outlivesRestart ? [explainBlock(name, standing, null)] : [],
  );

function explainBlock(name: BlockName, { why, sinceMs }: Block, toldAtMs: number | null): string {
  // What is told in the moment it begins has its time already.
  const since = sinceMs === toldAtMs ? '' : `; since ${utcText(sinceMs)}`;
  return `${name}: ${why}${since}; cleared by ${BLOCK_RULES[name].clearedBy}`;
}
