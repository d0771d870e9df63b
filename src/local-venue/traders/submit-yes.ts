import type { Market, Side } from '../../domain/market.ts';
import type { Price, Shares } from '../../domain/units.ts';
import type { FundedAccount } from '../chain/types.ts';
import type { SubmitOutcome, VenueOrderType, VenueState } from '../types.ts';
import { legOf } from './actions.ts';

/** An order in YES coordinates. */
export interface YesOrder {
  readonly side: Side;
  readonly price: Price;
  readonly size: Shares;
  readonly orderType: VenueOrderType;
  readonly postOnly: boolean;
}

const NOTHING = 0 as Shares;

/**
 * Sends an order of one account as a real, signed order: a sale of what it holds and has not offered yet, else a
 * purchase of the other outcome. A sale that the venue refuses (its balance may lag) is tried once as a purchase.
 */
export async function submitYes(
  state: VenueState,
  account: FundedAccount,
  market: Market,
  order: YesOrder,
): Promise<SubmitOutcome> {
  const [freeYes, freeNo] = await freeShares(state, account, market);
  const leg = legOf(order.side, order.price, order.size, freeYes, freeNo);
  const outcome = await submitLeg(state, account, market, order, leg);
  if (outcome.accepted || leg.side === 'BUY') return outcome;
  return submitLeg(
    state,
    account,
    market,
    order,
    legOf(order.side, order.price, order.size, NOTHING, NOTHING),
  );
}

function submitLeg(
  state: VenueState,
  account: FundedAccount,
  market: Market,
  order: YesOrder,
  leg: ReturnType<typeof legOf>,
): Promise<SubmitOutcome> {
  return state.submitOrder(account, {
    tokenId: leg.outcome === 'YES' ? market.yesTokenId : market.noTokenId,
    side: leg.side,
    price: leg.price,
    size: order.size,
    orderType: order.orderType,
    postOnly: order.postOnly,
  });
}

async function freeShares(
  state: VenueState,
  account: FundedAccount,
  market: Market,
): Promise<readonly [Shares, Shares]> {
  const { tokens } = await state.balances(account.address, [market.yesTokenId, market.noTokenId]);
  const free: [number, number] = [tokens[0] ?? 0, tokens[1] ?? 0];
  for (const open of state.openOrders(account.address, market.conditionId)) {
    if (open.side === 'SELL') free[open.outcome === 'YES' ? 0 : 1] -= open.originalSize - open.matchedSize;
  }
  return free as [Shares, Shares];
}
