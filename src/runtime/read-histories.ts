import type { Command, Input } from '../kernel/messages.ts';
import { ForeignError } from '../ports/foreign-error.ts';
import type { SpotPricePort } from '../ports/spot-prices.ts';

type CommandOf<Kind extends Command['kind']> = Extract<Command, { kind: Kind }>;

/** Throws a ForeignError. */
export async function readDailyCloses(
  port: SpotPricePort | undefined,
  { coin, days }: CommandOf<'readDailyCloses'>,
  askedAtMs: number,
  signal: AbortSignal,
): Promise<Input> {
  const closes = await known(port).dailyCloses(coin, days, signal);
  return { kind: 'dailyClosesRead', coin, closes, askedAtMs };
}

/** Throws a ForeignError. */
export async function readCandles(
  port: SpotPricePort | undefined,
  { coin, step, fromMs }: CommandOf<'readCandles'>,
  askedAtMs: number,
  signal: AbortSignal,
): Promise<Input> {
  const candles = await known(port).candles(coin, step, fromMs, signal);
  return { kind: 'candlesRead', coin, step, fromMs, candles, askedAtMs };
}

function known(port: SpotPricePort | undefined): SpotPricePort {
  if (port === undefined)
    throw new ForeignError('noPrices', 'nobody is set up to be asked what coins cost', 'never');
  return port;
}
