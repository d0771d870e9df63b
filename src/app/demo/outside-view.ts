import { createPublicClient, getAddress, http, parseAbi } from 'viem';
import type { FinalHoldings } from '../run-figures.ts';
import type { VenueReady } from './venue-ready.ts';

/** What venue and chain say about the worker's account, asked without any code of the worker. */
export interface OutsideView {
  readonly openOrders: number;
  /** Sum of the differences between chain and books, without sign: dollars and shares in millionths. */
  readonly chainResidualMicroUsd: number;
}

const ABI = parseAbi([
  'function balanceOf(address) view returns (uint256)',
  'function balanceOfBatch(address[] owners, uint256[] ids) view returns (uint256[])',
]);
const READ_TIMEOUT_MS = 15_000;

/** Reads the account from outside and holds it against what the worker says it holds. */
export async function viewFromOutside(
  venue: VenueReady,
  wallet: string,
  books: FinalHoldings | null,
): Promise<OutsideView> {
  const [openOrders, held] = await Promise.all([
    openOrdersOf(venue, wallet),
    holdingsOf(venue, wallet, Object.keys(books?.tokens ?? {})),
  ]);
  if (books === null) return { openOrders, chainResidualMicroUsd: Number.NaN };
  let residual = Math.abs(held.cashMicroUsd - books.cashMicroUsd);
  for (const tokenId of new Set([...Object.keys(held.tokens), ...Object.keys(books.tokens)]))
    residual += Math.abs((held.tokens[tokenId] ?? 0) - (books.tokens[tokenId] ?? 0));
  return { openOrders, chainResidualMicroUsd: residual };
}

export async function openOrdersOf(venue: VenueReady, wallet: string): Promise<number> {
  const found = (await getJson(`${venue.clob}/admin/orders?address=${wallet}`)) as { orders?: unknown };
  if (!Array.isArray(found.orders)) throw new Error('the venue did not list the open orders');
  return found.orders.length;
}

/** Cash and every outcome token of every market the venue lists, beside those the books name. */
async function holdingsOf(
  venue: VenueReady,
  wallet: string,
  named: readonly string[],
): Promise<FinalHoldings> {
  const client = createPublicClient({ transport: http(venue.rpc, { timeout: READ_TIMEOUT_MS }) });
  const owner = getAddress(wallet);
  const tokenIds = [...new Set([...(await listedTokens(venue)), ...named])];
  const blockNumber = await client.getBlockNumber();
  const at = (name: string) => getAddress(venue.contracts[name] ?? '');
  const [cash, balances] = await Promise.all([
    client.readContract({
      address: at('pUsd'),
      abi: ABI,
      functionName: 'balanceOf',
      args: [owner],
      blockNumber,
    }),
    client.readContract({
      address: at('conditionalTokens'),
      abi: ABI,
      functionName: 'balanceOfBatch',
      args: [tokenIds.map(() => owner), tokenIds.map(BigInt)],
      blockNumber,
    }),
  ]);
  const tokens = tokenIds.map((tokenId, index) => [tokenId, Number(balances[index] ?? 0n)] as const);
  return {
    cashMicroUsd: Number(cash),
    tokens: Object.fromEntries(tokens.filter(([, amount]) => amount !== 0)),
  };
}

async function listedTokens(venue: VenueReady): Promise<string[]> {
  const markets = (await getJson(`${venue.gamma}/markets?limit=500`)) as { clobTokenIds?: string }[];
  return markets.flatMap(({ clobTokenIds }) => JSON.parse(clobTokenIds ?? '[]') as string[]);
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(READ_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}
