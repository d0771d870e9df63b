import { parseArgs } from 'node:util';
import { startLocalVenue } from '../local-venue/start-local-venue.ts';
import { EXIT_BAD_INPUT } from './read-settings.ts';

/**
 * `./run venue` runs the local venue alone. When it is ready it prints one JSON line with its addresses and with
 * funded accounts, and then serves until it is told to stop. What else it has to say goes to standard error.
 */
const USAGE =
  './run venue [--port P] [--rpc-port R] [--seed S] [--markets FILE] [--replay-l2 DIR] [--max-markets N] [--no-traders] [--crypto [--spot FILE]] [--reward-payout-seconds N] [--json]';

interface Arguments {
  readonly port?: number;
  readonly rpcPort?: number;
  readonly seed?: string;
  readonly markets?: string;
  readonly replayL2?: string;
  readonly maxMarkets?: number;
  readonly rewardPayoutMs?: number;
  readonly traders: boolean;
  readonly crypto: boolean;
  readonly spotFile?: string;
}

await main();

async function main(): Promise<void> {
  const parsed = readArguments(process.argv.slice(2));
  if (typeof parsed === 'string') {
    refuse(`${parsed}\nusage: ${USAGE}`);
    return;
  }
  // A reader that is gone is no reason to break off.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const stopAsked = nextSignal();
  try {
    await serve(parsed, stopAsked);
  } catch (error) {
    refuse(messageOf(error, parsed.port));
  }
}

async function serve(wanted: Arguments, stopAsked: Promise<string>): Promise<void> {
  const { port, rpcPort, traders, rewardPayoutMs, ...rest } = wanted;
  const ports = {
    ...(port === undefined ? {} : { clob: port }),
    ...(rpcPort === undefined ? {} : { rpc: rpcPort }),
  };
  const venue = await startLocalVenue({
    ...rest,
    traders,
    ports,
    ...(rewardPayoutMs === undefined ? {} : { clob: { rewardPayoutMs } }),
  });
  for (const note of venue.notes) console.error(note);
  if (venue.matched > 0) console.error(`${venue.matched} recorded markets have their recorded ids`);
  for (const { slug, conditionId, recordedConditionId, reason } of venue.differences) {
    console.error(`${slug}: ${conditionId} here, ${recordedConditionId} as recorded: ${reason}`);
  }
  const { urls, chain, accounts } = venue;
  console.log(
    JSON.stringify({ ready: true, ...urls, chainId: chain.chainId, contracts: chain.contracts, accounts }),
  );
  const signal = await stopAsked;
  console.error(`${signal}: stopping`);
  await venue.stop();
  // The channel to the program that started us would keep this process alive.
  if (process.connected) process.disconnect();
}

function messageOf(error: unknown, port: number | undefined): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') {
    return `--port: port ${port ?? 0} of 127.0.0.1 is in use; choose another, or leave it out for a free one`;
  }
  return error.message;
}

function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
    // The program that started the venue as its child is gone: the venue follows, once the worker had time to take its orders back.
    process.once('disconnect', () =>
      setTimeout(() => resolve('the program that started the venue ended'), 15_000),
    );
  });
}

/** The arguments, or what is wrong with them. */
function readArguments(args: readonly string[]): Arguments | string {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const ports = { port: values.port, 'rpc-port': values['rpc-port'] };
  for (const [name, text] of Object.entries(ports)) {
    if (text !== undefined && !(/^\d{1,5}$/.test(text) && Number(text) <= 65_535)) {
      return `--${name}: expected a port from 0 to 65535, found ${JSON.stringify(text)}`;
    }
  }
  const max = values['max-markets'];
  if (max !== undefined && !(/^\d{1,4}$/.test(max) && Number(max) > 0)) {
    return `--max-markets: expected a whole number from 1 to 9999, found ${JSON.stringify(max)}`;
  }
  if (values.spot !== undefined && values.crypto !== true)
    return '--spot: its prices are those of coins; add --crypto';
  const payoutSeconds = values['reward-payout-seconds'];
  if (payoutSeconds !== undefined && !(/^\d{1,5}$/.test(payoutSeconds) && Number(payoutSeconds) > 0)) {
    return `--reward-payout-seconds: expected a whole number from 1 to 99999, found ${JSON.stringify(payoutSeconds)}`;
  }
  return {
    ...(payoutSeconds === undefined ? {} : { rewardPayoutMs: Number(payoutSeconds) * 1_000 }),
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
    ...(values['rpc-port'] === undefined ? {} : { rpcPort: Number(values['rpc-port']) }),
    ...(values.seed === undefined ? {} : { seed: values.seed }),
    ...(values.markets === undefined ? {} : { markets: values.markets }),
    ...(values['replay-l2'] === undefined ? {} : { replayL2: values['replay-l2'] }),
    ...(max === undefined ? {} : { maxMarkets: Number(max) }),
    traders: values['no-traders'] !== true,
    crypto: values.crypto === true,
    ...(values.spot === undefined ? {} : { spotFile: values.spot }),
  };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    strict: true,
    allowPositionals: false,
    options: {
      port: { type: 'string' },
      'rpc-port': { type: 'string' },
      seed: { type: 'string' },
      markets: { type: 'string' },
      'replay-l2': { type: 'string' },
      'max-markets': { type: 'string' },
      'reward-payout-seconds': { type: 'string' },
      'no-traders': { type: 'boolean' },
      crypto: { type: 'boolean' },
      spot: { type: 'string' },
      json: { type: 'boolean' },
    },
  }).values;
}

function refuse(message: string): void {
  console.error(message);
  process.exitCode = EXIT_BAD_INPUT;
}
