import { concatHex, type Hex, keccak256, numberToHex, pad, stringToHex } from 'viem';
import type { Side } from '../../domain/market.ts';
import type { Address, ChainOrder } from './types.ts';

const ORDER_TYPE =
  'Order(uint256 salt,address maker,address signer,uint256 tokenId,uint256 makerAmount,uint256 takerAmount,uint8 side,uint8 signatureType,uint256 timestamp,bytes32 metadata,bytes32 builder)';
const DOMAIN_TYPE = 'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)';
const ORDER_TYPEHASH = keccak256(stringToHex(ORDER_TYPE));

const word = (value: bigint | number): Hex => numberToHex(value, { size: 32 });

export const sideIndex = (side: Side): 0 | 1 => (side === 'BUY' ? 0 : 1);
export const sideOfIndex = (index: number): Side => (index === 0 ? 'BUY' : 'SELL');

/** The EIP-712 domain separator of an exchange of generation 2. */
export function exchangeDomainSeparator(exchange: Address, chainId: number): Hex {
  return keccak256(
    concatHex([
      keccak256(stringToHex(DOMAIN_TYPE)),
      keccak256(stringToHex('Polymarket CTF Exchange')),
      keccak256(stringToHex('2')),
      word(chainId),
      pad(exchange),
    ]),
  );
}

/** The EIP-712 hash of the order's fields, before the domain joins. */
export function hashOrderStruct(order: ChainOrder): Hex {
  return keccak256(
    concatHex([
      ORDER_TYPEHASH,
      word(order.salt),
      pad(order.maker),
      pad(order.signer),
      word(BigInt(order.tokenId)),
      word(order.makerAmount),
      word(order.takerAmount),
      word(sideIndex(order.side)),
      word(order.signatureType),
      word(order.timestamp),
      order.metadata,
      order.builder,
    ]),
  );
}

/** The order's EIP-712 hash under a domain: its id on the venue and on chain. */
export function hashOrder(order: ChainOrder, domainSeparator: Hex): Hex {
  return keccak256(concatHex(['0x1901', domainSeparator, hashOrderStruct(order)]));
}

/** The order as viem encodes it for the exchange contract. */
export function toContractOrder(order: ChainOrder) {
  return {
    ...order,
    tokenId: BigInt(order.tokenId),
    side: sideIndex(order.side),
  };
}
