import type { ConditionId, Outcome, TokenId } from '../domain/market.ts';
import type { Conversion, TransactionRequest } from '../domain/transaction.ts';
import type { WalletTransfer } from '../domain/wallet-transfer.ts';

/** The two tokens of a condition, and how it paid out once it has. */
export interface ModelCondition {
  readonly yesTokenId: TokenId;
  readonly noTokenId: TokenId;
  winner: Outcome | null;
}

/** The worker's wallet on a chain that knows dollars and conditional tokens. Millionths throughout. */
export interface ChainModel {
  cash: number;
  readonly tokens: Map<TokenId, number>;
  readonly conditions: Map<ConditionId, ModelCondition>;
  /** What became of each transaction that was broadcast, by hash. */
  readonly mined: Map<string, 'confirmed' | 'reverted'>;
  /** What moved the wallet by itself or by its own transactions, in the order of the chain; settlements are not here. */
  readonly transfers: WalletTransfer[];
  /** Dollars that were put in, less those taken out, tokens at what they were worth then. */
  putIn: number;
}

export const createChainModel = (cash: number): ChainModel => ({
  cash,
  tokens: new Map(),
  conditions: new Map(),
  mined: new Map(),
  transfers: [],
  putIn: 0,
});

export const tokenBalance = (chain: ChainModel, tokenId: TokenId): number => chain.tokens.get(tokenId) ?? 0;

export function addTokens(chain: ChainModel, tokenId: TokenId, amount: number): void {
  chain.tokens.set(tokenId, tokenBalance(chain, tokenId) + amount);
}

/** Carries an inventory transaction out, as the contract does: all of it, or a revert that changes nothing. */
export function execute(chain: ChainModel, request: TransactionRequest): 'confirmed' | 'reverted' {
  if (request.conversion !== undefined) return convert(chain, request.conversion, request.amount);
  const condition = chain.conditions.get(request.conditionId);
  if (condition === undefined) return 'reverted';
  const { yesTokenId, noTokenId, winner } = condition;
  const { amount } = request;
  if (request.action === 'split') {
    if (chain.cash < amount) return 'reverted';
    chain.cash -= amount;
    addTokens(chain, yesTokenId, amount);
    addTokens(chain, noTokenId, amount);
    return 'confirmed';
  }
  if (request.action === 'merge') {
    if (tokenBalance(chain, yesTokenId) < amount || tokenBalance(chain, noTokenId) < amount)
      return 'reverted';
    addTokens(chain, yesTokenId, -amount);
    addTokens(chain, noTokenId, -amount);
    chain.cash += amount;
    return 'confirmed';
  }
  if (winner === null) return 'reverted';
  chain.cash += tokenBalance(chain, winner === 'YES' ? yesTokenId : noTokenId);
  chain.tokens.set(yesTokenId, 0);
  chain.tokens.set(noTokenId, 0);
  return 'confirmed';
}

/** The contract knows every question of the event, named in the request or not; here the request is taken at its word. */
function convert(chain: ChainModel, { members }: Conversion, amount: number): 'confirmed' | 'reverted' {
  const sides = members.flatMap(({ conditionId, givesNo }) => {
    const condition = chain.conditions.get(conditionId);
    return condition === undefined ? [] : [{ ...condition, givesNo }];
  });
  const giving = sides.filter(({ givesNo }) => givesNo);
  if (sides.length < Math.max(2, members.length) || giving.length === 0) return 'reverted';
  if (giving.some(({ noTokenId }) => tokenBalance(chain, noTokenId) < amount)) return 'reverted';
  for (const { givesNo, yesTokenId, noTokenId } of sides) {
    if (givesNo) addTokens(chain, noTokenId, -amount);
    else addTokens(chain, yesTokenId, amount);
  }
  chain.cash += (giving.length - 1) * amount;
  return 'confirmed';
}
