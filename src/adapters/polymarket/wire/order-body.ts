import type { OrderRequest } from '../../../domain/order.ts';
import type { SignedOrder } from '../../../ports/signer.ts';
import { ZERO_BYTES32 } from '../signing/order-encoder.ts';

/**
 * The wire JSON of one order of `POST /orders`. Every text in it is hex, digits or one of our own words, so it is put
 * together without escaping; the salt is a JSON number below 2^53.
 */
export function orderBody(request: OrderRequest, signed: SignedOrder, apiKey: string): string {
  const expiration = request.timeInForce === 'GTD' ? request.expirationS : 0;
  return (
    `{"deferExec":false,"postOnly":${request.postOnly},"order":{"salt":${signed.salt}` +
    `,"maker":"${signed.maker}","signer":"${signed.signer}","tokenId":"${request.tokenId}"` +
    `,"makerAmount":"${signed.makerAmount}","takerAmount":"${signed.takerAmount}","side":"${request.side}"` +
    `,"signatureType":${signed.signatureType},"timestamp":"${signed.timestampMs}","expiration":"${expiration}"` +
    `,"metadata":"${ZERO_BYTES32}","builder":"${signed.builder}","signature":"${signed.signature}"}` +
    `,"owner":"${apiKey}","orderType":"${request.timeInForce}"}`
  );
}
