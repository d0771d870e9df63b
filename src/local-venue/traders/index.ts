export * from './actions.ts';
export * from './hidden-path.ts';
export type { MakerTerms } from './makers.ts';
export * from './population.ts';
export type { TakerTerms } from './takers.ts';
export * from './trader-desk.ts';
