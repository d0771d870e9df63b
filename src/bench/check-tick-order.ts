import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { hashTypedData, recoverAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { BENCH_KEY } from './bench-orders.ts';

/** One order as it stands in the body of a request. */
export interface PostedOrder {
  readonly salt: number;
  readonly maker: `0x${string}`;
  readonly signer: `0x${string}`;
  readonly tokenId: string;
  readonly makerAmount: string;
  readonly takerAmount: string;
  readonly side: 'BUY' | 'SELL';
  readonly signatureType: number;
  readonly timestamp: string;
  readonly metadata: `0x${string}`;
  readonly builder: `0x${string}`;
  readonly signature: `0x${string}`;
}

const ORDER_TYPES = {
  Order: [
    { name: 'salt', type: 'uint256' },
    { name: 'maker', type: 'address' },
    { name: 'signer', type: 'address' },
    { name: 'tokenId', type: 'uint256' },
    { name: 'makerAmount', type: 'uint256' },
    { name: 'takerAmount', type: 'uint256' },
    { name: 'side', type: 'uint8' },
    { name: 'signatureType', type: 'uint8' },
    { name: 'timestamp', type: 'uint256' },
    { name: 'metadata', type: 'bytes32' },
    { name: 'builder', type: 'bytes32' },
  ],
} as const;

const DOMAIN = {
  name: 'Polymarket CTF Exchange',
  version: '2',
  chainId: 137,
  verifyingContract: '0xE111180000d2663C0091e4f400237545B87B996B',
} as const;

const signer = privateKeyToAccount(BENCH_KEY).address;

/** The order's id by viem, after viem has recovered our key from its signature. Throws where that is another key. */
export async function provenOrderId(order: PostedOrder): Promise<string> {
  const hash = hashTypedData({
    domain: DOMAIN,
    types: ORDER_TYPES,
    primaryType: 'Order',
    message: {
      ...order,
      salt: BigInt(order.salt),
      tokenId: BigInt(order.tokenId),
      makerAmount: BigInt(order.makerAmount),
      takerAmount: BigInt(order.takerAmount),
      side: order.side === 'BUY' ? 0 : 1,
      timestamp: BigInt(order.timestamp),
    },
  });
  const found = await recoverAddress({ hash, signature: order.signature });
  if (found !== signer) throw new Error(`the order is signed by ${found}, expected ${signer}`);
  return hash;
}

/** What the file journal of a running worker says of one order. */
export interface JournaledOrder {
  /** The id it was signed under. */
  readonly orderId: string;
}

const PLACED =
  /"clientId":"(o-\d+)"[^{}]*"tokenId":"(\d+)"[^{}]*"side":"BUY","price":(\d+),"size":(\d+)[^{}]*"salt":/g;
const SIGNED = /\["(o-\d+)","(0x[0-9a-f]{64})"\]/g;

/**
 * Follows the journal that another process writes. The result looks up the newest order of a token, and throws unless both its
 * command, with the amounts of the order given, and its signed form are with the operating system at that moment. Whether the id
 * is that of the order is proven afterwards.
 */
export function followJournal(directory: string): (order: PostedOrder) => JournaledOrder {
  const commands = new Map<string, { clientId: string; amounts: string }>();
  const orderIds = new Map<string, string>();
  const readMore = tailOf(directory);
  return ({ tokenId, makerAmount, takerAmount }) => {
    const text = readMore();
    for (const [, clientId = '', token = '', price, size] of text.matchAll(PLACED))
      commands.set(token, { clientId, amounts: `${(Number(price) * Number(size)) / 10_000} ${size}` });
    for (const [, clientId = '', orderId = ''] of text.matchAll(SIGNED)) orderIds.set(clientId, orderId);
    const command = commands.get(tokenId);
    if (command?.amounts !== `${makerAmount} ${takerAmount}`)
      throw new Error(
        `the journal's command for token ${tokenId} is of ${command?.amounts ?? 'nothing'}, the order of ${makerAmount} ${takerAmount}`,
      );
    const orderId = orderIds.get(command.clientId);
    if (orderId === undefined) throw new Error(`the signed order ${command.clientId} is not in the journal`);
    commands.delete(tokenId);
    orderIds.delete(command.clientId);
    return { orderId };
  };
}

/** Reads what the files of a directory have gained since the last look. */
function tailOf(directory: string): () => string {
  const buffer = Buffer.alloc(1 << 16);
  let name = '';
  let offset = 0;
  return () => {
    let text = '';
    for (const next of readdirSync(directory).sort()) {
      if (next < name) continue;
      if (next > name) offset = 0;
      name = next;
      const descriptor = openSync(join(directory, next), 'r');
      for (let read = 1; read > 0; offset += read) {
        read = readSync(descriptor, buffer, 0, buffer.length, offset);
        text += buffer.toString('utf8', 0, read);
      }
      closeSync(descriptor);
    }
    return text;
  };
}
