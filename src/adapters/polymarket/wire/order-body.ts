import type { OrderRequest } from '../../../domain/order.ts';
import type { SignedOrder } from '../../../ports/signer.ts';
import { ZERO_BYTES32 } from '../signing/order-encoder.ts';

/**
 * The wire JSON of one order of `POST /orders`. Every text in it is hex, digits or one of our own words, so it is put
 * together without escaping; the salt is a JSON number below 2^53.
 */
export function orderBody(request: OrderRequest, signed: SignedOrder, apiKey: string): string {
  return (
    `{"deferExec":false,"postOnly":${request.postOnly},"order":${signed.json ?? orderJson(request, signed)}` +
    `,"owner":"${apiKey}","orderType":"${request.timeInForce}"}`
  );
}

/** The part of it that is signed, and the time of its end. */
export function orderJson(request: OrderRequest, signed: SignedOrder): string {
  const expiration = request.timeInForce === 'GTD' ? request.expirationS : 0;
  return (
    `{"salt":${signed.salt}` +
    `,"maker":"${signed.maker}","signer":"${signed.signer}","tokenId":"${request.tokenId}"` +
    `,"makerAmount":"${signed.makerAmount}","takerAmount":"${signed.takerAmount}","side":"${request.side}"` +
    `,"signatureType":${signed.signatureType},"timestamp":"${signed.timestampMs}","expiration":"${expiration}"` +
    `,"metadata":"${ZERO_BYTES32}","builder":"${signed.builder}","signature":"${signed.signature}"}`
  );
}
