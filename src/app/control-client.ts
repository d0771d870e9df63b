import { request } from 'node:http';
import type { ChangeWord } from '../settings/index.ts';
import { controlPath } from './control-path.ts';
import type { OperatorAnswer, OperatorWord } from './control-server.ts';
import type { PortfolioReport } from './portfolio.ts';
import type { SettingAnswer } from './settings-desk.ts';
import type { WorkerStatus } from './worker-status.ts';

/** No worker listens for this data folder, or it does not answer in time. */
export class NoWorker extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'NoWorker';
  }
}

export const askStatus = (dataDir: string, timeoutMs: number): Promise<WorkerStatus> =>
  call(dataDir, 'GET', '/status', null, timeoutMs) as Promise<WorkerStatus>;

export const askPortfolio = (dataDir: string, timeoutMs: number): Promise<PortfolioReport> =>
  call(dataDir, 'GET', '/portfolio', null, timeoutMs) as Promise<PortfolioReport>;

/** Gives an order, and says what became of it; only a resume is ever refused. */
export const tellOperator = (
  dataDir: string,
  word: OperatorWord,
  timeoutMs: number,
): Promise<OperatorAnswer> => call(dataDir, 'POST', '/operator', word, timeoutMs) as Promise<OperatorAnswer>;

/** Asks the worker to change a setting, and for what became of it. */
export const tellSetting = (dataDir: string, word: ChangeWord, timeoutMs: number): Promise<SettingAnswer> =>
  call(dataDir, 'POST', '/settings', word, timeoutMs) as Promise<SettingAnswer>;

function call(
  dataDir: string,
  method: string,
  path: string,
  body: unknown,
  timeoutMs: number,
): Promise<unknown> {
  const socketPath = controlPath(dataDir);
  return new Promise((resolve, reject) => {
    const refused = (error: unknown): void =>
      reject(
        new NoWorker(
          `no worker answers on ${socketPath} (${error instanceof Error ? error.message : String(error)})`,
          error,
        ),
      );
    const sent = request({ socketPath, method, path, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', refused);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode !== 200)
          reject(new Error(`the worker answered ${response.statusCode}: ${text}`));
        else resolve(JSON.parse(text));
      });
    });
    sent.on('error', refused);
    sent.end(body === null ? undefined : JSON.stringify(body));
  });
}
