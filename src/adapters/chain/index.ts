export type { Allowance } from './allowances.ts';
export { type Chain, type ChainOptions, createChain } from './chain.ts';
export type { ChainContracts } from './contract-calls.ts';
export type { UrgentOutcome } from './urgent-sender.ts';
export type { UserPause } from './user-pause.ts';
