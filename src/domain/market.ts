import type { Brand } from './brand.ts';
import type { MarketCategory } from './market-category.ts';
import type { Price, Shares, Usd } from './units.ts';

/** 0x and 64 hex digits: the condition of the Conditional Tokens contract, and our key for a market. */
export type ConditionId = Brand<string, 'condition id'>;
/** Decimal text of the position's uint256: the venue's asset id. Never a number, it has 77 digits. */
export type TokenId = Brand<string, 'token id'>;

export type Outcome = 'YES' | 'NO';
export type Side = 'BUY' | 'SELL';

export const oppositeOutcome = (outcome: Outcome): Outcome => (outcome === 'YES' ? 'NO' : 'YES');
export const oppositeSide = (side: Side): Side => (side === 'BUY' ? 'SELL' : 'BUY');

/** Which generation of contracts a market trades on; it selects the signing domain, the asset id and the balance type. */
export type MarketVersion = 'v1' | 'v2';

/** Taker fee = shares * ratePpm/1e6 * (p(1-p))^exponent, charged in dollars to the taker when `takerOnly`. */
export interface FeeSchedule {
  readonly ratePpm: number;
  readonly exponent: number;
  readonly takerOnly: boolean;
  /** Share of taker fees given back to makers, in parts per million. */
  readonly rebatePpm: number;
}

export interface RewardTerms {
  readonly minSize: Shares;
  /** Orders this far from the mid or farther earn nothing. */
  readonly maxSpread: Price;
  readonly dailyRate: Usd;
}

/** `proposed`: somebody has posted an outcome and the challenge window runs. `disputed`: it was challenged, a vote decides. */
export type ResolutionState = 'none' | 'proposed' | 'disputed' | 'resolved';

/**
 * The event of mutually exclusive outcomes that a neg-risk market is one of. NO shares of some of its markets convert into dollars
 * and YES shares of all the others, whatever is added later; that all YES shares together pay a dollar holds only where no
 * outcome can be added and all are known.
 */
export interface NegRiskEvent {
  /** The neg-risk adapter's own id of the event; its conversions name it. */
  readonly marketId: string;
  /** Whether outcomes may still be added, or placeholders named: an unknown outcome may then win. */
  readonly isAugmented: boolean;
  /** How many outcomes it has by the listing of the event; null where the listing does not say. */
  readonly outcomes: number | null;
}

/**
 * What the listing says of a market beside its question, as written: whoever prices the question holds these against it. A field that
 * the listing has not is left out.
 */
export interface ListedTexts {
  readonly eventTitle?: string;
  /** The label of this market among those of its event, such as `↑ 150,000`. */
  readonly groupItemTitle?: string;
  /** The address of what decides. */
  readonly resolutionSource?: string;
  /** When the window of an up-or-down market begins, ISO 8601. */
  readonly eventStartTime?: string;
  /** ISO 8601, or a day alone. */
  readonly endDate?: string;
  /** Seconds of the TWAP that settles it: null where the listing says that none does, 0 where it names none. */
  readonly twapLookbackSeconds?: number | null;
}

/** One binary market as the venue lists it. Sizes and prices are ours; identifiers are verbatim. */
export interface Market {
  readonly conditionId: ConditionId;
  readonly questionId: string;
  readonly gammaId: string;
  readonly slug: string;
  readonly question: string;
  readonly description: string;
  readonly yesTokenId: TokenId;
  readonly noTokenId: TokenId;
  /** The names of the YES and NO outcome as shown: `["Yes","No"]`, `["Up","Down"]`. */
  readonly outcomeNames: readonly [string, string];
  readonly version: MarketVersion;
  readonly negRisk: boolean;
  readonly eventId: string | null;
  /** Left out where the market stands alone, or the listing does not name its event. */
  readonly negRiskEvent?: NegRiskEvent;
  readonly tags: readonly string[];
  /** What it is about, by fee type, tags or words of the question. */
  readonly category: MarketCategory;
  /** Of crypto markets only, and left out where the listing's texts cannot be taken for what they ought to be. */
  readonly about?: ListedTexts;
  readonly tickSize: Price;
  readonly minOrderSize: Shares;
  readonly active: boolean;
  readonly closed: boolean;
  readonly acceptingOrders: boolean;
  readonly enableOrderBook: boolean;
  /** Closed to some jurisdictions. The venue marks nearly all of its markets so. */
  readonly restricted: boolean;
  /** How far the oracle has come with the outcome. */
  readonly resolution: ResolutionState;
  readonly createdAtMs: number | null;
  readonly endAtMs: number | null;
  /** When the game that it is about begins; null where it is about none. */
  readonly gameStartAtMs: number | null;
  readonly fee: FeeSchedule;
  readonly rewards: RewardTerms | null;
  readonly volume24h: Usd;
  readonly liquidity: Usd;
  /** The listing's own YES price, for coarse filters only. */
  readonly listedYesPrice: Price | null;
  /** The listing's own spread, for coarse filters only: it is minutes old, and our orders are in it. Null where a side is empty. */
  readonly listedSpread: Price | null;
}

export const tokenOf = (market: Market, outcome: Outcome): TokenId =>
  outcome === 'YES' ? market.yesTokenId : market.noTokenId;

export function outcomeOf(market: Market, tokenId: string): Outcome | null {
  if (tokenId === market.yesTokenId) return 'YES';
  return tokenId === market.noTokenId ? 'NO' : null;
}

/** What an adapter needs to follow a market and to translate its two tokens into YES coordinates. */
export interface WatchedMarket {
  readonly conditionId: ConditionId;
  readonly yesTokenId: TokenId;
  readonly noTokenId: TokenId;
  readonly tickSize: Price;
  readonly minOrderSize: Shares;
  readonly negRisk: boolean;
}
