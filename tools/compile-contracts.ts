/**
 * Compiles `contracts/*.sol` and writes `contracts/artifacts/NAME.json` for each contract that is placed on the
 * local chain. The artifacts are committed, so that nobody needs the compiler to run; a test compares them with
 * what the sources compile to.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export interface Artifact {
  readonly abi: readonly unknown[];
  readonly bytecode: `0x${string}`;
  readonly deployedBytecode: `0x${string}`;
}

interface Solc {
  compile: (input: string) => string;
}

interface SolcOutput {
  errors?: { severity: string; formattedMessage: string }[];
  contracts?: Record<
    string,
    Record<
      string,
      {
        abi: unknown[];
        evm: { bytecode: { object: string }; deployedBytecode: { object: string } };
      }
    >
  >;
}

export const CONTRACTS_DIR = fileURLToPath(new URL('../contracts/', import.meta.url));
export const ARTIFACTS_DIR = `${CONTRACTS_DIR}artifacts/`;

/** Compiles every source and returns the artifacts of all deployable contracts by name. */
export function compileContracts(): Map<string, Artifact> {
  const sources = Object.fromEntries(
    readdirSync(CONTRACTS_DIR)
      .filter((file) => file.endsWith('.sol'))
      .sort()
      .map((file) => [file, { content: readFileSync(CONTRACTS_DIR + file, 'utf8') }]),
  );
  const input = {
    language: 'Solidity',
    sources,
    settings: {
      optimizer: { enabled: true, runs: 200 },
      evmVersion: 'cancun',
      metadata: { appendCBOR: false, bytecodeHash: 'none' },
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } },
    },
  };
  const solc = createRequire(import.meta.url)('solc') as Solc;
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as SolcOutput;
  const problems = output.errors ?? [];
  if (problems.length > 0) {
    throw new Error(problems.map((problem) => problem.formattedMessage).join('\n'));
  }
  const artifacts = new Map<string, Artifact>();
  for (const contracts of Object.values(output.contracts ?? {})) {
    for (const [name, { abi, evm }] of Object.entries(contracts)) {
      if (evm.bytecode.object === '') continue;
      artifacts.set(name, {
        abi,
        bytecode: `0x${evm.bytecode.object}`,
        deployedBytecode: `0x${evm.deployedBytecode.object}`,
      });
    }
  }
  return artifacts;
}

export const artifactText = (artifact: Artifact): string => `${JSON.stringify(artifact, null, 1)}\n`;

if (import.meta.main) {
  const artifacts = compileContracts();
  for (const [name, artifact] of artifacts) {
    writeFileSync(`${ARTIFACTS_DIR}${name}.json`, artifactText(artifact));
    console.log(`${name}: ${(artifact.deployedBytecode.length - 2) / 2} bytes`);
  }
}
