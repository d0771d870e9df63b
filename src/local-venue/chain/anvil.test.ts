import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startAnvil } from './anvil.ts';
import { startChain } from './chain.ts';

describe('the local node', () => {
  it('takes a free port, answers with its chain id, and is gone after stop', async () => {
    const anvil = await startAnvil({ port: 0, chainId: 137, readyTimeoutMs: 20_000 });
    const ask = () =>
      fetch(anvil.rpcUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
      });
    expect(await (await ask()).json()).toMatchObject({ result: '0x89' });
    await anvil.stop();
    await anvil.stop();
    await expect(ask()).rejects.toThrow();
  });

  it('says so when the port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(startChain({ port })).rejects.toThrow(`port ${port} is already in use`);
    await new Promise((resolve) => server.close(resolve));
  });
});
