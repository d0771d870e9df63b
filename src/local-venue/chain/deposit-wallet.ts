import {
  concatHex,
  encodeAbiParameters,
  getContractAddress,
  type Hex,
  keccak256,
  numberToHex,
  pad,
} from 'viem';
import { CONTRACTS } from './addresses.ts';
import type { Address } from './types.ts';

/**
 * Creation code of the ERC-1967 beacon proxy that the wallet factory deploys, in the pieces around its variable
 * parts: the length of the arguments, the beacon, and the arguments (official client 0.2.0, wallet derivation).
 */
const PREFIX = 0x6100523d8160233d3973n;
const ARGS_LENGTH_SHIFT = 56n;
const AFTER_BEACON: readonly Hex[] = [
  '0x60195155f3363d3d373d3d363d602036600436635c60da',
  '0x1b60e01b36527fa3f0ad74e5423aebfd80d3ef4346578335a9a72aeaee59ff6c',
  '0xb3582b35133d50545afa5036515af43d6000803e604d573d6000fd5b3d6000f3',
];

/** Where the deposit wallet of an owner stands, deployed or not. */
export function depositWalletAddressOf(owner: Address): Address {
  const args = encodeAbiParameters(
    [{ type: 'address' }, { type: 'bytes32' }],
    [CONTRACTS.depositWalletFactory, pad(owner)],
  );
  const argsLength = BigInt((args.length - 2) / 2);
  const creationCode = concatHex([
    numberToHex(PREFIX + (argsLength << ARGS_LENGTH_SHIFT), { size: 10 }),
    CONTRACTS.depositWalletBeacon,
    ...AFTER_BEACON,
    args,
  ]);
  return getContractAddress({
    opcode: 'CREATE2',
    from: CONTRACTS.depositWalletFactory,
    salt: keccak256(args),
    bytecode: creationCode,
  });
}
