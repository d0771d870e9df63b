export type { Allowance } from './allowances.ts';
export { type Chain, type ChainOptions, createChain } from './chain.ts';
export type { ChainContracts } from './contract-calls.ts';
