export * from './actions.ts';
export * from './hidden-path.ts';
export type { MakerTerms } from './makers.ts';
export * from './memory-desk.ts';
export * from './population.ts';
export type { TakerTerms } from './takers.ts';
