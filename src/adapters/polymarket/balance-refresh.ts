import type { ClientId, OrderAnswer } from '../../domain/order.ts';
import type { Log } from '../../ports/timers.ts';
import type { PreparedOrder } from '../../ports/venue.ts';
import { signedSend, type VenueClient } from './signed-calls.ts';
import type { SignatureType } from './signing/order-encoder.ts';

/** One asset is not asked for more often than this. */
const EVERY_MS = 5_000;
const TIMEOUT_MS = 5_000;
/** Assets remembered; a bound, not a tuning. */
const MAX_ASSETS = 1_000;

/**
 * The venue checks orders against a cache of the chain that can lag, after a split for example, and then rejects orders that
 * are covered. This makes it read again what it found too little of: cash for a buy, the token for a sale.
 */
export function createBalanceRefresh(
  client: VenueClient,
  signatureType: SignatureType,
  log: Log,
): (orders: readonly PreparedOrder[], answers: readonly (readonly [ClientId, OrderAnswer])[]) => void {
  const askedAtMs = new Map<string, number>();

  return (orders, answers) => {
    const short = new Set<ClientId>();
    for (const [clientId, answer] of answers)
      if (answer.result === 'rejected' && answer.code === 'notEnoughBalance') short.add(clientId);
    if (short.size === 0) return;
    const assets = new Set(orders.filter(({ clientId }) => short.has(clientId)).map(assetOf));
    const nowMs = client.nowMs();
    for (const asset of assets) {
      if (nowMs - (askedAtMs.get(asset) ?? Number.MIN_SAFE_INTEGER) < EVERY_MS) continue;
      if (askedAtMs.size >= MAX_ASSETS) askedAtMs.clear();
      askedAtMs.set(asset, nowMs);
      const query = `${asset}&signature_type=${signatureType}`;
      signedSend(
        client,
        { method: 'GET', path: '/balance-allowance/update', query },
        AbortSignal.timeout(TIMEOUT_MS),
      ).catch((error: unknown) =>
        log.debug('the venue could not be made to read balances again', { error: String(error) }),
      );
    }
  };
}

/** What the order gives, in the words of the venue's query. */
function assetOf({ body }: PreparedOrder): string {
  const { order } = JSON.parse(body) as { order: { side: string; tokenId: string } };
  return order.side === 'BUY'
    ? 'asset_type=COLLATERAL'
    : `asset_type=CONDITIONAL&token_id=${encodeURIComponent(order.tokenId)}`;
}
