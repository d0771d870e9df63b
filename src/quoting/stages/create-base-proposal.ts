import type { Side } from '../../domain/market.ts';
import type { StageContext, StageResult } from '../pipeline.ts';
import type { QuoteLevel, QuoteProposal } from '../proposal.ts';

/** One level a side from the engine's quote, each with its own size; a side without size, or not wanted, is left out. */
export function createBaseProposal(_proposal: QuoteProposal, context: StageContext): StageResult {
  const { bidPts, askPts, reservationPts, engine, halfSpreadPts, skewPts, onlySide } = context.engineQuote;
  if (!(bidPts < askPts))
    return { skip: `engine ${engine} gave a bid of ${bidPts} pts at or above its ask of ${askPts}` };
  const isWanted = (side: Side) => onlySide === undefined || onlySide === side;
  const base = (pricePts: number): QuoteLevel => ({
    level: 0,
    pricePts,
    price: null,
    size: context.bidSize,
    funding: null,
  });
  return {
    proposal: {
      fairPts: context.engineQuote.reservationPts - skewPts,
      reservationPts,
      bids: context.bidSize > 0 && isWanted('BUY') ? [base(bidPts)] : [],
      asks: context.askSize > 0 && isWanted('SELL') ? [{ ...base(askPts), size: context.askSize }] : [],
    },
    why: `engine ${engine}: half-spread ${halfSpreadPts.toFixed(3)} pts, skew ${skewPts.toFixed(3)} pts${onlySide === undefined ? '' : `, ${onlySide} only`}`,
  };
}
