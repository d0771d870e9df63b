export { dataFolder } from './compose.ts';
export { askStatus, NoWorker, tellOperator } from './control-client.ts';
export { type DemoSummary, runDemo } from './demo/run-demo.ts';
export { replayRun } from './recover.ts';
export type { RunSummary } from './run-summary.ts';
export { StartRefused } from './start-refused.ts';
export { createWorkerLogFor, startWorker } from './start-worker.ts';
export type { QuotedMarket, WorkerStatus } from './worker-status.ts';
