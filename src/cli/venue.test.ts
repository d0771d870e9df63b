import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const script = join(import.meta.dirname, 'venue.ts');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command; `onLine` may end it, by a signal, when it has printed its line. */
function run(
  args: readonly string[],
  onLine?: (line: string, end: () => void) => Promise<void>,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 25_000,
    });
    let out = '';
    let err = '';
    let isTold = false;
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (onLine === undefined || isTold || !out.includes('\n')) return;
      isTold = true;
      onLine(out, () => child.kill('SIGTERM')).catch((error: unknown) => {
        child.kill('SIGTERM');
        reject(error);
      });
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

it('prints one JSON line when ready, serves, and stops cleanly with its chain', async () => {
  let rpc = '';
  const { code, out } = await run(['--no-traders', '--seed', '7'], async (line, end) => {
    const ready = JSON.parse(line);
    rpc = ready.rpc;
    expect(ready).toMatchObject({ ready: true, chainId: 137 });
    expect(ready.accounts.length).toBeGreaterThanOrEqual(5);
    expect(ready.accounts[0].privateKey).toMatch(/^0x[0-9a-f]{64}$/);
    expect(ready.contracts.exchange).toBe('0xE111180000d2663C0091e4f400237545B87B996B');
    const markets: unknown = await (await fetch(`${ready.gamma}/markets?limit=100`)).json();
    expect(Array.isArray(markets) && markets.length).toBeGreaterThanOrEqual(12);
    expect(await (await fetch(`${ready.clob}/ok`)).text()).toBe('OK');
    end();
  });
  expect(code).toBe(0);
  expect(out.trim().split('\n')).toHaveLength(1);
  await expect(fetch(rpc)).rejects.toThrow();
});

it.each([
  [['--port', 'many'], /--port: expected a port from 0 to 65535, found "many"/],
  [['--spot', 'prices.csv'], /--spot: its prices are those of coins; add --crypto/],
  [['--crypto', '--spot', '/nowhere/prices.csv'], /^\/nowhere\/prices\.csv: ENOENT/],
  [['--colour'], /Unknown option '--colour'/],
  [['--markets', '/nonexistent'], /no such file or folder; expected Gamma market objects/],
  [['--markets', script], /not JSON at line 1/],
  [['--replay-l2', script], /expected a folder of L2 captures/],
])('refuses %j with one clear message and exit code 2', async (args, message) => {
  const { code, out, err } = await run(args);
  expect(err).toMatch(message);
  expect(out).toBe('');
  expect(code).toBe(2);
});
