import { createHmac } from 'node:crypto';
import { createL2Headers } from '@polymarket/clob-client-v2';
import { createWalletClient, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { polygon } from 'viem/chains';
import { createL2Signer } from '../adapters/polymarket/signing/l2-auth.ts';
import { Secret } from '../settings/secret.ts';
import { type Bar, ratioBar } from './bar.ts';
import { BENCH_KEY } from './bench-orders.ts';
import { assertSame, medianUs } from './rounds.ts';

const SECRET = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
const PER_ROUND = 500;
const ROUNDS = 11;
const TIMESTAMP_S = 1_795_373_206;

/** Headers that authenticate one request. */
export const headersBar: Bar = {
  name: 'headers',
  what: 'L2 headers of one order, equal to those of clob-client-v2',
  run: async () => {
    const wallet = createWalletClient({
      account: privateKeyToAccount(BENCH_KEY),
      chain: polygon,
      transport: http('http://127.0.0.1:9'),
    });
    const creds = { key: 'bench', secret: SECRET, passphrase: 'bench' };
    const official = (method: string, requestPath: string, body: string, timestampS: number) =>
      createL2Headers(wallet, creds, { method, requestPath, body }, timestampS);
    const signer = createL2Signer(wallet.account.address, {
      apiKey: creds.key,
      secret: new Secret(SECRET),
      passphrase: new Secret(creds.passphrase),
    });
    const sign: typeof signer.sign = (...request) => ({ ...signer.steady, ...signer.sign(...request) });
    const body = JSON.stringify([
      { order: { tokenId: '7'.repeat(77), signature: `0x${'a'.repeat(130)}` }, owner: 'bench' },
    ]);
    const inOrder = (headers: object): unknown =>
      Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
    assertSame(
      'the headers',
      inOrder(sign('POST', '/orders', body, TIMESTAMP_S)),
      inOrder(await official('POST', '/orders', body, TIMESTAMP_S)),
    );
    const times = await medianUs(
      {
        ours: () => {
          for (let index = 0; index < PER_ROUND; index += 1)
            sign('POST', '/orders', body, TIMESTAMP_S + index);
          return PER_ROUND;
        },
        peer: async () => {
          for (let index = 0; index < PER_ROUND; index += 1)
            await official('POST', '/orders', body, TIMESTAMP_S + index);
          return PER_ROUND;
        },
        keyEachTime: () => {
          const key = Buffer.from(SECRET, 'base64');
          for (let index = 0; index < PER_ROUND; index += 1)
            createHmac('sha256', key)
              .update(`${TIMESTAMP_S + index}POST/orders${body}`)
              .digest('base64');
          return PER_ROUND;
        },
      },
      ROUNDS,
    );
    return ratioBar('headers', 'clob-client-v2', 20, { oursUs: times.ours, peerUs: times.peer }, [
      { name: 'HMAC alone with the key made each time', value: times.keyEachTime, unit: 'us' },
    ]);
  },
};
