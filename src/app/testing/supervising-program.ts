import { join } from 'node:path';
import { Secret } from '../../settings/index.ts';
import { WIDE_LIMITS } from '../../signer/testing/test-signer.ts';
import { superviseWorker } from '../supervise-worker.ts';

/** `./run start` as far as it supervises: for tests that end it in every way. The key comes in the environment, as it may there. */
const silent = (): void => undefined;
const key = process.env.POLYMARKET_PRIVATE_KEY ?? '';
const worker = await superviseWorker({
  setup: {
    privateKey: new Secret(key),
    chainId: 137,
    signatureType: 0,
    funder: null,
    limits: WIDE_LIMITS,
    log: {
      debug: silent,
      note: silent,
      warning: silent,
      alarm: (text) => process.stderr.write(`alarm: ${text}\n`),
    },
  },
  texts: {
    POLYMARKET_PRIVATE_KEY: key,
    POLYMARKET_KEYSTORE_FILE: '/k',
    MM_MAX_MARKETS: '3',
    OTHER: 'from the file',
  },
  environment: process.env,
  args: process.argv.slice(2),
  log: {
    debug: silent,
    note: silent,
    warning: silent,
    alarm: (text) => process.stderr.write(`alarm: ${text}\n`),
  },
  script: join(import.meta.dirname, 'signed-program.ts'),
});
let signals = 0;
process.on('SIGTERM', () => {
  signals += 1;
  worker.tell(signals === 1 ? 'stop' : 'abort');
});
process.exit(await worker.ended);
