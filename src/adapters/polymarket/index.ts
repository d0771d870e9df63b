export { createMarketFeed } from './feed/market-feed.ts';
export type { MarketFeed, MarketFeedCounts, MarketFeedOptions } from './feed/market-feed-options.ts';
export { createUserFeed, type UserFeedOptions } from './feed/user-feed.ts';
export {
  createMarketList,
  type ListingCounts,
  type MarketList,
  type MarketListOptions,
} from './market-list.ts';
export type { ApiCredentials } from './signing/l2-auth.ts';
export type { SignatureType } from './signing/order-encoder.ts';
export { isNativeSigner } from './signing/sign-digest.ts';
export {
  createPolymarketVenue,
  type PolymarketVenue,
  type PolymarketVenueOptions,
  type VenueStatus,
} from './venue.ts';
export { CONTRACTS, type Contracts } from './venue-facts.ts';
