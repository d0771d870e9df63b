import { type Hex, keccak256 } from 'viem';
import { CONTRACTS, type ContractName, SAFE_INIT_CODE_HASH } from './addresses.ts';
import { type ArtifactName, creationCode, loadArtifact, loadConditionalTokens } from './artifacts.ts';
import { type ChainClient, sendUnsigned } from './client.ts';
import type { Address } from './types.ts';

/** Who runs the contracts of the local chain. */
export interface ChainRoles {
  readonly admin: Address;
  readonly minter: Address;
  readonly feeReceiver: Address;
}

interface Placement {
  readonly name: ContractName;
  readonly code: Hex;
}

const C = CONTRACTS;

/**
 * Puts every contract at its production address, constructor storage and immutables included. The contracts come
 * in steps, because constructors call contracts of earlier steps.
 */
export async function placeContracts(client: ChainClient, roles: ChainRoles): Promise<void> {
  for (const step of placementSteps(roles)) await placeStep(client, roles.admin, step);
}

/**
 * A constructor can only run where creation code stands. So the creation code is put at the address and called
 * there: the call's answer is the runtime code with immutables for that address, and the same call as a
 * transaction writes the constructor's storage there. Then the runtime code takes its place.
 */
async function placeStep(client: ChainClient, from: Address, step: readonly Placement[]): Promise<void> {
  await Promise.all(step.map(({ name, code }) => client.setCode({ address: C[name], bytecode: code })));
  const answers = await Promise.all(step.map(({ name }) => client.call({ account: from, to: C[name] })));
  const hashes = await sendUnsigned(
    client,
    step.map(({ name }) => ({ from, to: C[name], data: '0x' })),
  );
  await client.mine({ blocks: 1 });
  const receipts = await Promise.all(hashes.map((hash) => client.getTransactionReceipt({ hash })));
  await Promise.all(
    step.map(({ name }, index) => {
      const runtime = answers[index]?.data;
      if (runtime === undefined || receipts[index]?.status !== 'success') {
        throw new Error(`the constructor of ${name} failed at ${C[name]}`);
      }
      return client.setCode({ address: C[name], bytecode: runtime });
    }),
  );
}

/** Puts one contract at any address, such as a wallet at the address derived for it. */
export async function placeContract(
  client: ChainClient,
  options: {
    readonly at: Address;
    readonly artifact: ArtifactName;
    readonly args: readonly unknown[];
    readonly from: Address;
  },
): Promise<void> {
  const { at, from } = options;
  await client.setCode({ address: at, bytecode: creationCode(loadArtifact(options.artifact), options.args) });
  const answer = await client.call({ account: from, to: at });
  await sendUnsigned(client, [{ from, to: at, data: '0x' }]);
  await client.mine({ blocks: 1 });
  if (answer.data === undefined) throw new Error(`the constructor of ${options.artifact} failed at ${at}`);
  await client.setCode({ address: at, bytecode: answer.data });
}

function placementSteps(roles: ChainRoles): Placement[][] {
  const our = (name: ContractName, artifact: ArtifactName, args: readonly unknown[] = []): Placement => ({
    name,
    code: creationCode(loadArtifact(artifact), args),
  });
  const dollars = [C.usdcE, C.usdc];
  const wrappers = [C.onramp, C.offramp, C.collateralAdapter, C.negRiskCollateralAdapter];
  return [
    [
      { name: 'conditionalTokens', code: creationCode(loadConditionalTokens(), []) },
      our('usdcE', 'UsdCoin', ['USD Coin (PoS)', 'USDC.e', roles.minter]),
      our('usdc', 'UsdCoin', ['USD Coin', 'USDC', roles.minter]),
      our('pUsd', 'PolymarketUsd', [roles.admin, C.reserveVault, dollars, wrappers]),
      our('wrappedCollateral', 'WrappedCollateral', [C.negRiskAdapter, C.usdcE]),
      our('onramp', 'CollateralOnramp', [C.pUsd]),
      our('offramp', 'CollateralOfframp', [C.pUsd]),
      our('positionManager', 'PositionManager'),
      our('depositWalletFactory', 'DepositWalletFactory', [C.depositWalletBeacon]),
      ...NOT_HERE.map((name) => our(name, 'NotOnLocalChain')),
    ],
    [
      our('reserveVault', 'ReserveVault', [C.pUsd, dollars]),
      our('negRiskAdapter', 'NegRiskAdapter', [C.conditionalTokens, C.usdcE, C.wrappedCollateral]),
      our('collateralAdapter', 'CtfCollateralAdapter', [C.pUsd, C.conditionalTokens, C.usdcE, C.usdcE]),
      our('negRiskCollateralAdapter', 'NegRiskCtfCollateralAdapter', [
        ...[C.pUsd, C.conditionalTokens, C.usdcE],
        ...[C.wrappedCollateral, C.negRiskAdapter],
      ]),
      our('exchange', 'CtfExchangeV2', [exchangeParams(roles, C.usdcE, C.collateralAdapter)]),
      our('negRiskExchange', 'CtfExchangeV2', [
        exchangeParams(roles, C.wrappedCollateral, C.negRiskCollateralAdapter),
      ]),
    ],
  ];
}

/** Contracts that clients approve or name but that nothing here calls. */
const NOT_HERE: readonly ContractName[] = [
  'exchangeV3',
  'router',
  'combinatorialModule',
  'autoRedeemer',
  'perpsDeposit',
  'depositWalletBeacon',
  'proxyFactory',
  'proxyImplementation',
  'safeFactory',
];

function exchangeParams(roles: ChainRoles, ctfCollateral: Address, factory: Address) {
  return {
    admin: roles.admin,
    collateral: C.pUsd,
    ctf: C.conditionalTokens,
    ctfCollateral,
    outcomeTokenFactory: factory,
    proxyFactory: C.proxyFactory,
    proxyInitCodeHash: proxyInitCodeHash(),
    safeFactory: C.safeFactory,
    safeInitCodeHash: SAFE_INIT_CODE_HASH,
    feeReceiver: roles.feeReceiver,
  };
}

/** Hash of a proxy wallet's creation code: a clone of the implementation that the factory initialises. */
function proxyInitCodeHash(): Hex {
  const factory = C.proxyFactory.slice(2).toLowerCase();
  const implementation = C.proxyImplementation.slice(2).toLowerCase();
  const initializer = `52e831dd${'20'.padStart(64, '0')}${''.padStart(64, '0')}`;
  return keccak256(
    `0x3d3d606380380380913d393d73${factory}5af4602a57600080fd5b602d8060366000396000f3363d3d373d3d3d363d73${implementation}5af43d82803e903d91602b57fd5bf3${initializer}`,
  );
}
