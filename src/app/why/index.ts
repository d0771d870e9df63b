export type { Subject } from './find-subject.ts';
export { explanationLines, NO_PAINT, type Paint } from './render.ts';
export { runsIn } from './run-chain.ts';
export { type CheckedOrders, checkEveryOrder, type Explanation, type WhyAnswer, why } from './why.ts';
