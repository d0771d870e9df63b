import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface AnvilOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly chainId: number;
  readonly startAtSec?: number;
  readonly readyTimeoutMs: number;
}

export interface Anvil {
  readonly rpcUrl: string;
  readonly port: number;
  /** Settles with the exit code when the node ends, wanted or not. */
  readonly ended: Promise<number | null>;
  /** Ends the node within a bound. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

const STOP_TIMEOUT_MS = 3_000;
/** Blocks whose state is kept: more than any test looks back, small enough for a run of days. */
const KEPT_STATES = 256;
/** Blocks whose transactions and receipts are kept; about five hours of one-second blocks. */
const KEPT_BLOCKS = 20_000;
const GAS_LIMIT = 200_000_000;
const KEPT_LOG_CHARS = 4_000;

/**
 * The node runs under a shell that ends it when our end of its standard input closes. So the node never outlives
 * this process, however it ends; and as it has a session of its own, Ctrl-C reaches us first, not the node.
 */
const GUARD_SCRIPT = `
exec 3<&0
"$0" "$@" 3<&- </dev/null & node=$!
(read -r _ <&3; kill $node 2>/dev/null) & guard=$!
wait $node; code=$?
kill $guard 2>/dev/null
exit $code`;

/** Starts anvil on 127.0.0.1 without automatic mining and waits until it listens. */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  const binary = findAnvil();
  const args = [
    ...['--host', '127.0.0.1', '--port', String(options.port), '--chain-id', String(options.chainId)],
    ...['--no-mining', '--order', 'fifo', '--hardfork', 'prague', '--accounts', '1'],
    ...['--gas-limit', String(GAS_LIMIT), '--prune-history', String(KEPT_STATES)],
    ...['--transaction-block-keeper', String(KEPT_BLOCKS)],
    ...(options.startAtSec === undefined ? [] : ['--timestamp', String(options.startAtSec)]),
  ];
  const child = spawn('sh', ['-c', GUARD_SCRIPT, binary, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  // Closing a pipe whose reader is gone is no news.
  child.stdin.on('error', () => undefined);
  const stop = async () => {
    child.stdin.end();
    if ((await within(ended, STOP_TIMEOUT_MS)) === 'late') killGroup(child);
  };
  try {
    const port = await listening(child, ended, options);
    return { rpcUrl: `http://127.0.0.1:${port}`, port, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Reads the node's output until it names its port. */
async function listening(
  child: ChildProcess,
  ended: Promise<number | null>,
  options: AnvilOptions,
): Promise<number> {
  let log = '';
  const found = new Promise<number>((resolve) => {
    const read = (chunk: Buffer) => {
      if (log.length < KEPT_LOG_CHARS) log += chunk.toString('utf8');
      const match = /Listening on 127\.0\.0\.1:(\d+)/.exec(log);
      if (match?.[1] !== undefined) resolve(Number(match[1]));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
  });
  const early = ended.then((code) => {
    const taken = /address already in use/i.test(log);
    const why = taken
      ? `port ${options.port} is already in use; choose another RPC port or 0 for a free one`
      : `exit code ${code}: ${log.trim() || 'no output'}`;
    throw new Error(`anvil ended before it was ready: ${why}`);
  });
  const port = await within(Promise.race([found, early]), options.readyTimeoutMs);
  if (port === 'late') {
    throw new Error(
      `anvil was not ready within ${options.readyTimeoutMs} ms; its output: ${log.trim() || 'none'}`,
    );
  }
  return port;
}

/** The anvil of our own packages, else the one on PATH. */
export function findAnvil(): string {
  const own = fileURLToPath(new URL('../../../node_modules/.bin/anvil', import.meta.url));
  const candidates = [
    own,
    ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'anvil')),
  ];
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(
      `no anvil found: looked at ${own} and on PATH. ` +
        'The package @foundry-rs/anvil-linux-amd64 brings it on Linux x64 (npm ci with optional dependencies); ' +
        'elsewhere install Foundry (https://getfoundry.sh) so that `anvil` is on PATH.',
    );
  }
  return found;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  process.kill(-child.pid, 'SIGKILL');
}

async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
