import type { TokenId } from '../domain/market.ts';
import type { Shares, Usd } from '../domain/units.ts';
import { bookExternal } from '../orders/book-change.ts';
import { balanceOf, reconcileChain } from '../orders/ledger.ts';
import { flowsOf } from './gate-view.ts';
import type { ReadInput } from './messages.ts';
import type { Outbox } from './outbox.ts';
import { takeComparison } from './reconciliation.ts';
import type { KernelState } from './state.ts';
import { conditionOf, mayBeOurs } from './unread-tokens.ts';
import { measureMoved, moveLossBaselines } from './value-moved.ts';
import { withoutRecent } from './wallet-transfers.ts';

type Residuals = readonly { readonly asset: 'USD' | TokenId; readonly residual: number }[];

/** Compares the wallet with the books. Returns false where they differ and nobody can say yet why: a fill that was not read is no deposit. */
export function compareWithChain(
  state: KernelState,
  input: Extract<ReadInput, { kind: 'balancesRead' }>,
  motion: number,
  outbox: Outbox,
): boolean {
  // A node that lags behind the one asked before shows a wallet from before what is booked already.
  if (input.blockNumber < (state.transfers.bookedToBlock ?? 0)) return true;
  const comparison = reconcileChain(state.books.ledger, withoutRecent(state, input), motion);
  if (!comparison.quiet) return true;
  const isExplained = (state.reconciliation.reads.trades.doneAtMs ?? 0) >= state.run.startedAtMs;
  if (comparison.totalMicro > 0 && state.endedClean && !isExplained) return false;
  const isTakenIn = comparison.totalMicro > 0 && takeInDifference(state, comparison.residuals, outbox);
  judge(state, input, isTakenIn ? [] : comparison.residuals, outbox);
  state.endedClean = false;
  state.reconciliation.accepted = null;
  return true;
}

/**
 * A difference is taken into the books where a person has accepted it, or where the run before ended with nothing on its way, so
 * that it was deposited or withdrawn while nobody ran. Where transfers are read, they have told of deposits already, and what
 * differs beyond them has no explanation.
 */
function takeInDifference(state: KernelState, residuals: Residuals, outbox: Outbox): boolean {
  const { accepted } = state.reconciliation;
  if (accepted === null && (!state.endedClean || areTransfersRead(state))) return false;
  const cash = residuals.find(({ asset }) => asset === 'USD')?.residual ?? 0;
  const tokens = residuals.flatMap(({ asset, residual }) =>
    asset === 'USD' ? [] : [[asset, residual as Shares] as const],
  );
  const why =
    accepted === null
      ? `as deposited or withdrawn between runs`
      : `unexplained, accepted by ${accepted.by}: ${accepted.reason}`;
  takeIn(state, cash as Usd, tokens, `${why}, in ${state.run.runId}`, accepted !== null);
  const shares = tokens.reduce((sum, [, found]) => sum + Math.abs(found), 0);
  outbox.send({
    kind: 'notify',
    level: accepted === null ? 'note' : 'warning',
    text: `taken in ${why}: ${cash} micro-USD, ${shares} micro-shares`,
  });
  return true;
}

const areTransfersRead = ({ transfers, run }: KernelState): boolean =>
  transfers.readToBlock > 0 && transfers.readAtMs >= run.startedAtMs;

/** Says once what a comparison came to: when a difference is first seen, when it halts trading, and when it is over. */
function judge(
  state: KernelState,
  { askedAtMs, blockNumber }: Extract<ReadInput, { kind: 'balancesRead' }>,
  residuals: Residuals,
  outbox: Outbox,
): void {
  let cashResidual = 0;
  let tokenResidual = 0;
  for (const { asset, residual } of residuals) {
    if (asset === 'USD') cashResidual = residual;
    else tokenResidual += Math.abs(residual);
  }
  const { reconciliation, trading, nowMs } = state;
  const differedBefore = reconciliation.chain?.differsSinceMs != null;
  const wasBlocked = trading.blocks.has('ledgerResidual');
  const found = { askedAtMs, blockNumber, cashResidual, tokenResidual };
  const verdict = takeComparison(reconciliation, trading, found, nowMs);
  const amounts = `cash by ${cashResidual} micro-USD, tokens by ${tokenResidual} micro-shares`;
  if (verdict === 'differs' && !wasBlocked)
    outbox.send({
      kind: 'notify',
      level: 'alarm',
      text: `chain and books differ, and nothing explains it: ${amounts}`,
    });
  else if (verdict === 'doubtful' && !differedBefore)
    outbox.send({
      kind: 'notify',
      level: 'warning',
      text: `chain and books differ: ${amounts}; trades and wallet are read again`,
    });
  else if (verdict === 'agrees' && wasBlocked)
    outbox.send({ kind: 'notify', level: 'note', text: 'chain and books agree again' });
}

export function adoptNewTokens(
  state: KernelState,
  { tokens, blockNumber, askedAtMs }: Extract<ReadInput, { kind: 'balancesRead' }>,
): void {
  // Told apart before any is booked: what one outcome brings into the books is no trade of the other.
  const fresh = tokens.filter(([tokenId]) => {
    if (state.knownTokens.has(tokenId)) return false;
    // A token of a market that is not listed has no place in the books yet; it is taken in when its market is.
    const conditionId = conditionOf(state, tokenId);
    return conditionId !== null && !mayBeOurs(state, conditionId, askedAtMs);
  });
  for (const [tokenId, found] of fresh) {
    state.knownTokens.add(tokenId);
    state.transfers.adoptedAtBlock.set(tokenId, blockNumber);
    // Where the wallet holds less than the books, the comparison that follows says so.
    const beyond = (found - balanceOf(state.books.ledger, 'own.final', tokenId)) as Shares;
    if (beyond > 0) takeIn(state, 0 as Usd, [[tokenId, beyond]], `first seen ${tokenId}`, false);
  }
}

/**
 * Books what came from outside as neither won nor lost, and moves with it what losses are measured from. Where nobody knows what
 * went (`isUnexplained`) it stays a loss to the limits; what came is no gain.
 */
function takeIn(
  state: KernelState,
  cash: Usd,
  tokens: readonly (readonly [TokenId, Shares])[],
  reason: string,
  isUnexplained: boolean,
): void {
  const value = measureMoved(state, () =>
    bookExternal(state.books, cash, flowsOf(state, tokens), reason, state.nowMs),
  );
  if (!isUnexplained || value.moved > 0) moveLossBaselines(state, value);
}
