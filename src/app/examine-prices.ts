import { systemTimers } from '../adapters/node/system-timers.ts';
import { createSpotBoard, takeSpot, trustedSpot } from '../crypto/prices/spot-board.ts';
import { SPOT_SOURCES, type SpotPublisher, type SpotSource, type SpotTick } from '../domain/spot-price.ts';
import { spotRulesOf } from '../kernel/spot-prices.ts';
import { strategySettingsOf } from '../kernel/strategy-settings.ts';
import type { SpotPricePort } from '../ports/spot-prices.ts';
import type { Settings } from '../settings/index.ts';
import type { Finding } from './doctor.ts';

/** Every source has this one. */
const COIN = 'BTC';
const WAIT_MS = 10_000;

const PUBLISHER: Readonly<Record<SpotSource, SpotPublisher>> = {
  polybolt: 'polybolt',
  polyboltTwap: 'polybolt',
  rtdsBinance: 'rtds',
  rtdsChainlink: 'rtds',
  binance: 'binance',
  coingecko: 'coingecko',
};
const SETTING: Readonly<Record<SpotPublisher, string>> = {
  polybolt: 'CD_POLYBOLT_URL',
  rtds: 'CD_RTDS_URL',
  binance: 'CD_BINANCE_API',
  coingecko: 'CD_COINGECKO_API',
};

/**
 * Whether each source of prices answers, how old its price is, and how far it is off the others; nothing while prices are not followed.
 * Quotes do not need them, so none of this keeps a worker from starting.
 */
export async function priceFindings(settings: Settings, port: SpotPricePort): Promise<Finding[]> {
  const rules = spotRulesOf(strategySettingsOf(settings));
  if (rules === null) return [];
  const { ticks, downBecause } = await listen(port);
  const nowMs = systemTimers.nowMs();
  const board = createSpotBoard();
  for (const tick of ticks.values()) takeSpot(board, tick, nowMs);
  const found = trustedSpot(board, COIN, nowMs, rules);
  return [
    ...SPOT_SOURCES.map((source) =>
      sourceFinding(source, ticks, downBecause.get(PUBLISHER[source]) ?? null, nowMs, rules),
    ),
    found.kind === 'trusted'
      ? { name: 'prices', verdict: 'ok', found: `${COIN} ${found.priceUsd} USD is believed`, todo: null }
      : {
          name: 'prices',
          verdict: 'warn',
          found: `not believed: ${found.why}`,
          todo: 'Nothing is bought on a price that is not believed. Look at the sources above.',
        },
  ];
}

interface Heard {
  readonly ticks: ReadonlyMap<SpotSource, SpotTick>;
  readonly downBecause: ReadonlyMap<SpotPublisher, string>;
}

/** The newest price of each source, once all have told one or the bound has passed. */
async function listen(port: SpotPricePort): Promise<Heard> {
  const ticks = new Map<SpotSource, SpotTick>();
  const downBecause = new Map<SpotPublisher, string>();
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = systemTimers.after(WAIT_MS, resolve);
  port.start({
    onTick: (tick) => {
      if (tick.coin === COIN) ticks.set(tick.source, tick);
      if (ticks.size === SPOT_SOURCES.length) resolve();
    },
    onSource: (source, up, reason) => {
      if (up) downBecause.delete(source);
      else downBecause.set(source, reason);
    },
  });
  port.watch([COIN]);
  await promise;
  cancel();
  return { ticks, downBecause };
}

function sourceFinding(
  source: SpotSource,
  ticks: ReadonlyMap<SpotSource, SpotTick>,
  downBecause: string | null,
  nowMs: number,
  { maxAgeMs, maxDisagreementPct }: { readonly maxAgeMs: number; readonly maxDisagreementPct: number },
): Finding {
  const name = source;
  const tick = ticks.get(source);
  if (tick === undefined)
    return {
      name,
      verdict: 'warn',
      found: downBecause ?? `told no price of ${COIN} within ${WAIT_MS / 1_000} s`,
      todo: `Check ${SETTING[PUBLISHER[source]]}.`,
    };
  const others = [...ticks.values()].filter((other) => other.source !== source);
  const offPct = others.length === 0 ? null : (tick.priceUsd / medianOf(others) - 1) * 100;
  const ageMs = Math.max(0, nowMs - tick.atMs);
  const age = `${(ageMs / 1_000).toFixed(1)} s old${ageMs > maxAgeMs ? ', too old to count now' : ''}`;
  const off = offPct === null ? 'no other to compare with' : `${offPct.toFixed(3)} % off the others`;
  const found = `${COIN} ${tick.priceUsd} USD, ${age}, ${off}`;
  const isOff = offPct !== null && Math.abs(offPct) > maxDisagreementPct;
  return isOff
    ? { name, verdict: 'warn', found, todo: `It is off by more than CD_MAX_PRICE_DISAGREEMENT_PCT.` }
    : { name, verdict: 'ok', found, todo: null };
}

/** Dollars. */
function medianOf(ticks: readonly SpotTick[]): number {
  const prices = ticks.map(({ priceUsd }) => priceUsd).sort((a, b) => a - b);
  const middle = Math.floor(prices.length / 2);
  const high = prices[middle] as number;
  return prices.length % 2 === 1 ? high : (high + (prices[middle - 1] as number)) / 2;
}
