export { dataFolder } from './compose.ts';
export { askStatus, NoWorker, tellOperator } from './control-client.ts';
export { replayRun } from './recover.ts';
export type { RunSummary } from './run-summary.ts';
export { createWorkerLogFor, startWorker } from './start-worker.ts';
export type { QuotedMarket, WorkerStatus } from './worker-status.ts';
