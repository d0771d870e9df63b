import type { ConditionId, Market } from '../../domain/market.ts';
import type { Price } from '../../domain/units.ts';
import type { Hex, LocalChain, MarketToPrepare, PreparedMarket } from '../chain/types.ts';
import type { VenueListing } from '../types.ts';
import type { Catalogue, CatalogueEntry, DecidedBy } from './catalogue-entry.ts';
import { type GammaObject, isHash, textOf } from './gamma-object.ts';
import { marketFromGamma } from './market-from-gamma.ts';

/** A market whose condition is on the chain, ready to be listed. */
export interface OpenableMarket {
  readonly listing: VenueListing;
  readonly openingYesPrice: Price;
  readonly endAtMs: number | null;
  readonly decidedBy?: DecidedBy;
}

/** A recorded market that has other ids here than where it was recorded. */
export interface IdDifference {
  readonly slug: string;
  readonly conditionId: ConditionId;
  readonly recordedConditionId: Hex;
  readonly reason: string;
}

export interface PreparedCatalogue {
  readonly markets: readonly OpenableMarket[];
  /** How many have exactly the recorded condition and token ids; 0 for synthetic markets. */
  readonly matched: number;
  readonly differences: readonly IdDifference[];
  readonly notes: readonly string[];
}

/**
 * Prepares every condition of the catalogue on the local chain, with its own question id and oracle, and makes the
 * listings from the ids that the chain then has. A recorded market whose ids cannot be had is opened all the same,
 * under the chain's local oracle, and named among the differences.
 */
export async function prepareCatalogue(chain: LocalChain, catalogue: Catalogue): Promise<PreparedCatalogue> {
  const prepared = await chain.prepareMarkets(catalogue.entries.map((entry) => toPrepare(chain, entry)));
  const markets: OpenableMarket[] = [];
  const differences: IdDifference[] = [];
  let matched = 0;
  for (const [index, entry] of catalogue.entries.entries()) {
    const condition = prepared[index];
    if (condition === undefined)
      throw new Error(`the chain prepared ${prepared.length} of ${catalogue.entries.length}`);
    const market = marketFromGamma(entry.gamma, condition);
    const gamma = withChainIds(entry.gamma, market);
    markets.push({
      listing: { market, oracle: condition.oracle, gamma },
      openingYesPrice: entry.openingYesPrice,
      endAtMs: entry.endAtMs,
      ...(entry.decidedBy === undefined ? {} : { decidedBy: entry.decidedBy }),
    });
    const difference = differenceOf(entry, condition, market);
    if (difference !== null) differences.push(difference);
    else if (entry.recorded !== null) matched += 1;
  }
  return { markets, matched, differences, notes: catalogue.notes };
}

function toPrepare(chain: LocalChain, entry: CatalogueEntry): MarketToPrepare {
  return {
    questionId: entry.questionId,
    oracle: entry.oracle?.address ?? chain.localOracle,
    negRisk: entry.negRisk,
    ...negRiskMarketOf(entry),
    ...(entry.recorded === null ? {} : { expectedConditionId: entry.recorded.conditionId }),
  };
}

function negRiskMarketOf({ gamma, negRisk }: CatalogueEntry): Pick<MarketToPrepare, 'negRiskMarketId'> {
  const id = textOf(gamma, 'negRiskMarketID');
  return negRisk && id !== null && isHash(id) ? { negRiskMarketId: id } : {};
}

function differenceOf(entry: CatalogueEntry, condition: PreparedMarket, market: Market): IdDifference | null {
  if (entry.recorded === null) return null;
  const { conditionId, tokenIds } = entry.recorded;
  const sameCondition = condition.conditionId.toLowerCase() === conditionId.toLowerCase();
  const sameTokens = tokenIds[0] === condition.yesTokenId && tokenIds[1] === condition.noTokenId;
  if (sameCondition && sameTokens) return null;
  const reason = sameCondition
    ? 'the recorded token ids do not derive from the recorded condition'
    : 'no known oracle gives the recorded condition id, so the local oracle reports it';
  return { slug: market.slug, conditionId: market.conditionId, recordedConditionId: conditionId, reason };
}

/** The Gamma object with the ids that the chain really has, and without the positions of another protocol version. */
function withChainIds(gamma: GammaObject, market: Market): GammaObject {
  const { positionIds: _otherProtocol, ...rest } = gamma;
  return {
    ...rest,
    conditionId: market.conditionId,
    clobTokenIds: JSON.stringify([market.yesTokenId, market.noTokenId]),
    marketMakerAddress: typeof gamma.marketMakerAddress === 'string' ? gamma.marketMakerAddress : '',
  };
}
