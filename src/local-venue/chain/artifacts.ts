import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Abi, type AbiParameter, encodeAbiParameters } from 'viem';
import type { Hex } from './types.ts';

interface Artifact {
  readonly abi: Abi;
  readonly bytecode: Hex;
}

/** Our contracts by the name of their artifact in `contracts/artifacts/`. */
export type ArtifactName =
  | 'CollateralOfframp'
  | 'CollateralOnramp'
  | 'CtfCollateralAdapter'
  | 'CtfExchangeV2'
  | 'DepositWallet'
  | 'DepositWalletFactory'
  | 'NegRiskAdapter'
  | 'NegRiskCtfCollateralAdapter'
  | 'NotOnLocalChain'
  | 'PolymarketUsd'
  | 'PositionManager'
  | 'ReserveVault'
  | 'UsdCoin'
  | 'WrappedCollateral';

const loaded = new Map<ArtifactName, Artifact>();

export function loadArtifact(name: ArtifactName): Artifact {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const path = new URL(`../../../contracts/artifacts/${name}.json`, import.meta.url);
  const artifact = JSON.parse(readFileSync(path, 'utf8')) as Artifact;
  loaded.set(name, artifact);
  return artifact;
}

/** The real Conditional Tokens contract, from its own package. */
export function loadConditionalTokens(): Artifact {
  const require = createRequire(import.meta.url);
  const path = require.resolve(
    '@gnosis.pm/conditional-tokens-contracts/build/contracts/ConditionalTokens.json',
  );
  return JSON.parse(readFileSync(path, 'utf8')) as Artifact;
}

/** Creation code with the constructor's arguments behind it. */
export function creationCode(artifact: Artifact, args: readonly unknown[]): Hex {
  const inputs = constructorInputs(artifact.abi);
  if (inputs.length !== args.length) {
    throw new Error(`constructor takes ${inputs.length} arguments, found ${args.length}`);
  }
  return inputs.length === 0
    ? artifact.bytecode
    : `${artifact.bytecode}${encodeAbiParameters(inputs, args).slice(2)}`;
}

function constructorInputs(abi: Abi): readonly AbiParameter[] {
  const item = abi.find((entry) => entry.type === 'constructor');
  return item?.type === 'constructor' ? item.inputs : [];
}
