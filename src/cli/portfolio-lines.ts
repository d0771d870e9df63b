import type { PortfolioReport, SourceReport } from '../app/index.ts';

const usd = (amount: number): string => amount.toFixed(2).padStart(10);
const shares = (amount: number): string => amount.toFixed(2).padStart(11);
const price = (amount: number | null): string => (amount === null ? '-' : amount.toFixed(4)).padStart(8);
const SLUG_WIDTH = 40;
const named = (slug: string): string =>
  slug.length > SLUG_WIDTH ? `${slug.slice(0, SLUG_WIDTH - 1)}…` : slug.padEnd(SLUG_WIDTH);
const timeOf = (atMs: number): string => new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
/** Assets that do not agree, shown one by one. */
const MOST_ASSETS = 20;

/** The report as lines: positions, profit by market and in all, and who agrees with the books. */
export function portfolioLines(report: PortfolioReport): string[] {
  const { wallet, asOfMs, from, run, held, markets, totals, sources } = report;
  const whence = from === 'worker' ? 'the running worker' : 'the journal; no worker answers';
  return [
    `wallet ${wallet}, run ${run.runId}, books as of ${timeOf(asOfMs)} from ${whence}`,
    `cash ${report.cashFinalUsd.toFixed(6)} USD final, ${signed(report.cashProvisionalUsd)} in trades that are not final`,
    '',
    `${'position'.padEnd(SLUG_WIDTH)} side   final      not final   avg cost     mark      value unrealised`,
    ...(held.length === 0
      ? ['nothing is held']
      : held.map(
          (one) =>
            `${named(one.slug)} ${one.outcome.padEnd(4)}${shares(one.finalShares)} ${signed(one.provisionalIn - one.provisionalOut).padStart(11)} ${price(one.averageCost)}   ${price(one.mark)} ${usd(one.valueUsd)} ${usd(one.unrealisedUsd)}${one.markSource === 'mid' ? '' : ` (${one.markSource})`}`,
        )),
    '',
    `${'market'.padEnd(SLUG_WIDTH)} outcome     realised unrealised       fees     profit`,
    ...markets.map(
      (one) =>
        `${named(one.slug)} ${one.status.padEnd(9)} ${usd(one.realisedUsd)} ${usd(one.unrealisedUsd)} ${usd(one.feesUsd)} ${usd(one.profitUsd)}`,
    ),
    `${'in all'.padEnd(SLUG_WIDTH)} ${''.padEnd(9)} ${usd(totals.realisedUsd)} ${usd(totals.unrealisedUsd)} ${usd(totals.feesUsd)} ${usd(totals.profitUsd)}`,
    `value ${totals.valueUsd.toFixed(2)} USD, deposited ${totals.depositedUsd.toFixed(2)}, rewards ${totals.rewardsUsd.toFixed(6)}, rebates ${totals.rebatesUsd.toFixed(6)}; ${totals.residualMicroUsd} micro-USD do not add up`,
    ...directionalLines(report.directional),
    '',
    ...sources.flatMap((source) => sourceLines(source, report)),
  ];
}

/** A part of what stands above. Nothing where nothing was ever bought on the model's word. */
function directionalLines({ held, closed, realisedUsd }: PortfolioReport['directional']): string[] {
  if (held.length + closed === 0) return [];
  return [
    '',
    `of these, directional: ${held.length} held, ${closed} closed of late, realised ${realisedUsd.toFixed(2)} USD net of fees`,
    ...held.map(
      (one) =>
        `${named(one.slug)} ${one.outcome.padEnd(4)}${shares(one.shares)} bought at ${price(one.entryPrice)}, now ${price(one.mark)}, unrealised ${usd(one.unrealisedUsd)}`,
    ),
  ];
}

const signed = (amount: number): string =>
  `${amount > 0 ? '+' : ''}${amount === 0 ? '0' : amount.toFixed(2)}`;

const SOURCE_NAMES = { chain: 'chain', data: 'Data API' } as const;

function sourceLines(source: SourceReport, { dataValueUsd, from, asOfMs, held }: PortfolioReport): string[] {
  const name = SOURCE_NAMES[source.source];
  const { counts, assets, trouble, lagSeconds } = source;
  if (assets.length === 0 && trouble !== null) return [`${name}: ${trouble}`];
  const told = Object.entries(counts).flatMap(([verdict, count]) =>
    count === 0 ? [] : [`${count} ${verdict}`],
  );
  const block = source.block === null ? '' : ` at block ${source.block}`;
  const value =
    source.source === 'data' && dataValueUsd !== null
      ? `; it values what is held at ${dataValueUsd.toFixed(2)} USD`
      : '';
  const odd = assets.filter(({ verdict }) => verdict !== 'agrees');
  return [
    `${name}${block}, which may lag by ${lagSeconds} s: ${told.join(', ') || 'nothing to compare'}${value}`,
    ...(trouble === null ? [] : [`  ${trouble}`]),
    ...odd
      .slice(0, MOST_ASSETS)
      .map(
        ({ asset, verdict, books, found, residual, why }) =>
          `  ${nameOf(asset, held)}: ${verdict}, books ${books}, found ${found}, residual ${residual} millionths; ${why}`,
      ),
    ...(odd.length > MOST_ASSETS ? [`  and ${odd.length - MOST_ASSETS} more; --json has them all`] : []),
    ...(counts.differs > 0 && from === 'journal'
      ? [
          `  The books stand still since ${timeOf(asOfMs)}: what came or went since is taken in at the next start.`,
        ]
      : []),
  ];
}

/** What is not held by the books has no name but its own. */
function nameOf(asset: string, held: PortfolioReport['held']): string {
  if (asset === 'USD') return 'cash';
  const known = held.find(({ tokenId }) => tokenId === asset);
  return known === undefined ? `token ${short(asset)}` : `${known.slug} ${known.outcome}`;
}

const short = (tokenId: string): string =>
  tokenId.length <= 12 ? tokenId : `${tokenId.slice(0, 6)}…${tokenId.slice(-4)}`;
