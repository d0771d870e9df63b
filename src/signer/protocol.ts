import { DIGEST_BYTES, SIGNATURE_BYTES } from '../adapters/polymarket/signing/sign-digest.ts';
import { utf8, WORD } from '../adapters/polymarket/signing/words.ts';
import type { TimeInForce } from '../domain/order.ts';
import type { AccountClaim, OrderClaim, ProofClaim, TransactionClaim } from './order-claim.ts';

/**
 * What worker and signer say to each other: frames of a length, a kind and a number that pairs answer with question, all little-endian,
 * with fixed places for every field. Orders of one question share one frame, so that none of them waits for a turn of its own.
 */
export const FRAME_HEAD_BYTES = 9;
/** The longest frame, and so the most that a side keeps of a frame that is not whole yet. */
export const MAX_FRAME_BYTES = 64 * 1024;
export const MAX_ORDERS_PER_FRAME = 256;

export const QUESTION = { hello: 1, orders: 2, ordersAhead: 3, proof: 4, transaction: 5 } as const;
export const ANSWER = { account: 65, orders: 66, proof: 68, transaction: 69, refused: 127 } as const;
/** What the signer's process says by itself: what its own signals and its parent ask for. */
export const WORD_OF_PARENT = { stop: 96, abort: 97 } as const;
/** What a person has asked the signer's process for, by a signal or by ending its parent. */
export type ParentWord = keyof typeof WORD_OF_PARENT;

export interface Frame {
  readonly kind: number;
  readonly id: number;
  readonly body: Uint8Array;
}

/** Breaks the rules of the protocol: whoever sent it is not what it should be, and is not listened to any more. */
export class ProtocolFault extends Error {}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A frame whose body is still to be written, from `FRAME_HEAD_BYTES` on. */
export function openFrame(kind: number, id: number, bodyBytes: number): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + bodyBytes);
  frame.writeUInt32LE(bodyBytes, 0);
  frame.writeUInt8(kind, 4);
  frame.writeUInt32LE(id, 5);
  return frame;
}

export function frameOf(kind: number, id: number, body: Uint8Array): Buffer {
  const frame = openFrame(kind, id, body.length);
  frame.set(body, FRAME_HEAD_BYTES);
  return frame;
}

/** Cuts a stream of bytes into frames. Bodies are only valid until the next call. Throws a ProtocolFault for a frame that is too long. */
export function createFrameReader(onFrame: (frame: Frame) => void): (bytes: Uint8Array) => void {
  let rest: Uint8Array = new Uint8Array();
  return (bytes) => {
    let have = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (have.length >= FRAME_HEAD_BYTES) {
      const view = viewOf(have);
      const length = view.getUint32(0, true);
      if (length > MAX_FRAME_BYTES) throw new ProtocolFault(`a frame of ${length} bytes`);
      const end = FRAME_HEAD_BYTES + length;
      if (have.length < end) break;
      const frame = {
        kind: view.getUint8(4),
        id: view.getUint32(5, true),
        body: have.subarray(FRAME_HEAD_BYTES, end),
      };
      have = have.subarray(end);
      onFrame(frame);
    }
    // The reader's own copy: the bytes belong to a buffer that is used again.
    rest = have.length === 0 ? new Uint8Array() : Uint8Array.from(have);
  };
}

/** What a worker has to know of its signer: the address of the key and the wallet that it trades from, of 20 bytes each, and the rest. */
export interface AccountAnswer {
  readonly address: Uint8Array;
  readonly wallet: Uint8Array;
  readonly chainId: number;
  readonly signatureType: number;
}

const ACCOUNT_ANSWER_BYTES = 20 + 20 + 8 + 1;

export function accountAnswer(id: number, account: AccountAnswer): Buffer {
  const frame = openFrame(ANSWER.account, id, ACCOUNT_ANSWER_BYTES);
  frame.set(account.address, FRAME_HEAD_BYTES);
  frame.set(account.wallet, FRAME_HEAD_BYTES + 20);
  frame.writeDoubleLE(account.chainId, FRAME_HEAD_BYTES + 40);
  frame.writeUInt8(account.signatureType, FRAME_HEAD_BYTES + 48);
  return frame;
}

/** Its bytes are copies, since a worker keeps them. Throws a ProtocolFault for a body that is none. */
export function readAccountAnswer(body: Uint8Array): AccountAnswer {
  if (body.length !== ACCOUNT_ANSWER_BYTES) throw new ProtocolFault(`an account of ${body.length} bytes`);
  const view = viewOf(body);
  return {
    address: Uint8Array.from(body.subarray(0, 20)),
    wallet: Uint8Array.from(body.subarray(20, 40)),
    chainId: view.getFloat64(40, true),
    signatureType: view.getUint8(48),
  };
}

const TIMES_IN_FORCE: readonly TimeInForce[] = ['GTC', 'GTD', 'FOK', 'FAK'];
/** Chain id, maker, signer, signature type, count. */
const ACCOUNT_BYTES = 8 + 20 + 20 + 1 + 2;
/** Contract, token, side, time in force, and eight numbers. */
const ORDER_BYTES = 20 + WORD + 2 + 8 * 8;
const NO_SPEND = -1;

export const ordersBytes = (count: number): number => ACCOUNT_BYTES + count * ORDER_BYTES;

/** Writes the head of an orders question; `at` is where the body begins. */
export function writeAccount(target: Buffer, at: number, account: AccountClaim, count: number): void {
  target.writeDoubleLE(account.chainId, at);
  target.set(account.maker, at + 8);
  target.set(account.signer, at + 28);
  target.writeUInt8(account.signatureType, at + 48);
  target.writeUInt16LE(count, at + 49);
}

/** Writes the order of number `index`; `at` is where the body begins. */
export function writeOrder(target: Buffer, at: number, index: number, order: OrderClaim): void {
  const from = at + ACCOUNT_BYTES + index * ORDER_BYTES;
  target.set(order.contract, from);
  target.set(order.tokenWord, from + 20);
  target.writeUInt8(order.isBuy ? 0 : 1, from + 52);
  target.writeUInt8(TIMES_IN_FORCE.indexOf(order.timeInForce), from + 53);
  target.writeDoubleLE(order.price, from + 54);
  target.writeDoubleLE(order.size, from + 62);
  target.writeDoubleLE(order.spend ?? NO_SPEND, from + 70);
  target.writeDoubleLE(order.makerAmount, from + 78);
  target.writeDoubleLE(order.takerAmount, from + 86);
  target.writeDoubleLE(order.salt, from + 94);
  target.writeDoubleLE(order.timestampMs, from + 102);
  target.writeDoubleLE(order.expirationS, from + 110);
}

export interface OrdersQuestion {
  readonly account: AccountClaim;
  readonly orders: readonly OrderClaim[];
}

/** Throws a ProtocolFault for a body that is none. The bytes in it are copies. */
export function readOrders(body: Uint8Array): OrdersQuestion {
  if (body.length < ACCOUNT_BYTES) throw new ProtocolFault(`an orders question of ${body.length} bytes`);
  const view = viewOf(body);
  const count = view.getUint16(49, true);
  if (count > MAX_ORDERS_PER_FRAME || body.length !== ordersBytes(count))
    throw new ProtocolFault(`an orders question of ${body.length} bytes for ${count} orders`);
  const account: AccountClaim = {
    chainId: view.getFloat64(0, true),
    maker: body.slice(8, 28),
    signer: body.slice(28, 48),
    signatureType: view.getUint8(48),
  };
  const orders = Array.from({ length: count }, (_, index) =>
    readOrder(body, view, ACCOUNT_BYTES + index * ORDER_BYTES),
  );
  return { account, orders };
}

function readOrder(body: Uint8Array, view: DataView, from: number): OrderClaim {
  const side = view.getUint8(from + 52);
  const timeInForce = TIMES_IN_FORCE[view.getUint8(from + 53)];
  if (side > 1 || timeInForce === undefined) throw new ProtocolFault('an order of no known side or kind');
  const spend = view.getFloat64(from + 70, true);
  return {
    contract: body.slice(from, from + 20),
    tokenWord: body.slice(from + 20, from + 52),
    isBuy: side === 0,
    timeInForce,
    price: view.getFloat64(from + 54, true),
    size: view.getFloat64(from + 62, true),
    spend: spend === NO_SPEND ? null : spend,
    makerAmount: view.getFloat64(from + 78, true),
    takerAmount: view.getFloat64(from + 86, true),
    salt: view.getFloat64(from + 94, true),
    timestampMs: view.getFloat64(from + 102, true),
    expirationS: view.getFloat64(from + 110, true),
  };
}

/** The signer's answer to one order: what it signed, with its own hash of it, or why not. */
export type OrderReply =
  | { readonly digest: Uint8Array; readonly signature: Uint8Array }
  | { readonly refused: string };

const SIGNED = 0;
const REFUSED = 1;
const SIGNED_BYTES = 1 + DIGEST_BYTES + SIGNATURE_BYTES;

export function ordersAnswer(id: number, replies: readonly OrderReply[]): Buffer {
  const texts = replies.map((reply) => ('refused' in reply ? utf8(reply.refused.slice(0, 200)) : null));
  const bytes = texts.reduce((sum, text) => sum + (text === null ? SIGNED_BYTES : 3 + text.length), 0);
  const frame = openFrame(ANSWER.orders, id, bytes);
  let at = FRAME_HEAD_BYTES;
  for (const [index, reply] of replies.entries()) {
    const text = texts[index] ?? null;
    if (text !== null || 'refused' in reply) {
      frame.writeUInt8(REFUSED, at);
      frame.writeUInt16LE(text?.length ?? 0, at + 1);
      frame.set(text ?? [], at + 3);
      at += 3 + (text?.length ?? 0);
    } else {
      frame.writeUInt8(SIGNED, at);
      frame.set(reply.digest, at + 1);
      frame.set(reply.signature, at + 1 + DIGEST_BYTES);
      at += SIGNED_BYTES;
    }
  }
  return frame;
}

/** Exactly `count` replies; their bytes are views. Throws a ProtocolFault for anything else. */
export function readReplies(body: Uint8Array, count: number): OrderReply[] {
  const replies: OrderReply[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const status = body[at];
    if (status === SIGNED && at + SIGNED_BYTES <= body.length) {
      const from = at + 1 + DIGEST_BYTES;
      replies.push({
        digest: body.subarray(at + 1, from),
        signature: body.subarray(from, at + SIGNED_BYTES),
      });
      at += SIGNED_BYTES;
    } else if (status === REFUSED && at + 3 <= body.length) {
      const length = viewOf(body).getUint16(at + 1, true);
      replies.push({ refused: Buffer.from(body.subarray(at + 3, at + 3 + length)).toString('utf8') });
      at += 3 + length;
    } else throw new ProtocolFault('an orders answer that ends early');
  }
  if (at !== body.length) throw new ProtocolFault('an orders answer that does not end');
  return replies;
}

const PROOF_BYTES = 8 + 20 + 8 + 8;

export function proofQuestion(id: number, claim: ProofClaim): Buffer {
  const message = utf8(claim.message);
  const frame = openFrame(QUESTION.proof, id, PROOF_BYTES + message.length);
  frame.writeDoubleLE(claim.chainId, FRAME_HEAD_BYTES);
  frame.set(claim.address, FRAME_HEAD_BYTES + 8);
  frame.writeDoubleLE(claim.timestampS, FRAME_HEAD_BYTES + 28);
  frame.writeDoubleLE(claim.nonce, FRAME_HEAD_BYTES + 36);
  frame.set(message, FRAME_HEAD_BYTES + PROOF_BYTES);
  return frame;
}

export function readProof(body: Uint8Array): ProofClaim {
  if (body.length < PROOF_BYTES) throw new ProtocolFault(`a proof question of ${body.length} bytes`);
  const view = viewOf(body);
  return {
    chainId: view.getFloat64(0, true),
    address: body.slice(8, 28),
    timestampS: view.getFloat64(28, true),
    nonce: view.getFloat64(36, true),
    message: Buffer.from(body.subarray(PROOF_BYTES)).toString('utf8'),
  };
}

/** Chain id, nonce, recipient, and four words: value, gas, fee and tip. */
const TRANSACTION_BYTES = 8 + 8 + 20 + 4 * WORD;

export function transactionQuestion(id: number, claim: TransactionClaim): Buffer {
  const frame = openFrame(QUESTION.transaction, id, TRANSACTION_BYTES + claim.data.length);
  const at = FRAME_HEAD_BYTES;
  frame.writeDoubleLE(claim.chainId, at);
  frame.writeDoubleLE(claim.nonce, at + 8);
  frame.set(claim.to, at + 16);
  const { value, gas, maxFeePerGas, maxPriorityFeePerGas } = claim;
  for (const [index, word] of [value, gas, maxFeePerGas, maxPriorityFeePerGas].entries())
    frame.write(word.toString(16).padStart(2 * WORD, '0'), at + 36 + index * WORD, WORD, 'hex');
  frame.set(claim.data, at + TRANSACTION_BYTES);
  return frame;
}

export function readTransaction(body: Uint8Array): TransactionClaim {
  if (body.length < TRANSACTION_BYTES)
    throw new ProtocolFault(`a transaction question of ${body.length} bytes`);
  const view = viewOf(body);
  const word = (index: number): bigint => {
    const from = 36 + index * WORD;
    return BigInt(`0x${Buffer.from(body.subarray(from, from + WORD)).toString('hex')}`);
  };
  return {
    chainId: view.getFloat64(0, true),
    nonce: view.getFloat64(8, true),
    to: body.slice(16, 36),
    value: word(0),
    gas: word(1),
    maxFeePerGas: word(2),
    maxPriorityFeePerGas: word(3),
    data: body.slice(TRANSACTION_BYTES),
  };
}
