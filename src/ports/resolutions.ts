import type { MarketResolution, ResolvableMarket } from '../domain/resolution.ts';

/** Who knows how markets were resolved. */
export interface ResolutionPort {
  /** One answer for each market asked for, in their order. Throws a `ForeignError` where the chain could not be read. */
  resolutions(markets: readonly ResolvableMarket[], signal: AbortSignal): Promise<MarketResolution[]>;
  close(): Promise<void>;
}
