import type { Row } from './row.ts';
import { cryptoDirectionalRows } from './rows/crypto-directional.ts';
import { marketSelectionRows } from './rows/market-selection.ts';
import {
  anthropicRows,
  bridgeRows,
  conversationRows,
  dataRows,
  guardRows,
  telegramRows,
  tradingRows,
} from './rows/operation.ts';
import { quoteLimitRows } from './rows/quote-limits.ts';
import { quotingRows } from './rows/quoting.ts';
import { signerRows } from './rows/signer.ts';
import { spotPriceRows } from './rows/spot-prices.ts';
import { chainRows, heartbeatRows, polymarketRows } from './rows/venue.ts';

/**
 * Every setting there is, by group and name. The parser, `.env.example`, `docs/settings.md` and `settings explain`
 * all come from this table.
 */
export const settingsTable = {
  polymarket: polymarketRows,
  signer: signerRows,
  chain: chainRows,
  heartbeat: heartbeatRows,
  trading: tradingRows,
  mm: { ...quotingRows, ...marketSelectionRows, ...quoteLimitRows },
  cd: { ...cryptoDirectionalRows, ...spotPriceRows },
  guard: guardRows,
  anthropic: anthropicRows,
  conversation: conversationRows,
  telegram: telegramRows,
  bridge: bridgeRows,
  data: dataRows,
};

export type SettingGroup = keyof typeof settingsTable;

/** Title of each group, for the documents made from the table. */
export const groupTitles: Readonly<Record<SettingGroup, string>> = {
  polymarket: 'Venue',
  signer: 'Signer',
  chain: 'Chain',
  heartbeat: 'Heartbeat',
  trading: 'Account limits',
  mm: 'Market making',
  cd: 'Crypto directional',
  guard: 'Guard',
  anthropic: 'Claude',
  conversation: 'Conversation',
  telegram: 'Telegram',
  bridge: 'Bridge',
  data: 'Files and logs',
};

/** Groups whose settings are checked at start although the part of the worker that reads them is still to come. */
export const groupsNotYetRead: ReadonlySet<SettingGroup> = new Set([
  'guard',
  'conversation',
  'telegram',
  'bridge',
]);

/** Single settings of the other groups for which the same is true. `test/settings-read.test.ts` holds this list. */
export const settingsNotYetRead: ReadonlySet<string> = new Set([
  'RISK_OFFICER_ENABLED',
  'STRATEGIST_ENABLED',
]);

/** A row together with where its value lives in `Settings`. */
export interface PlacedRow {
  readonly group: SettingGroup;
  readonly name: string;
  readonly row: Row;
}

/** The table as a list, in the order of the documents. */
export const placedRows: readonly PlacedRow[] = Object.entries(settingsTable).flatMap(([group, rows]) =>
  Object.entries<Row>(rows).map(([name, row]) => ({ group: group as SettingGroup, name, row })),
);

/** Looks a row up by the name of its environment variable. */
export const rowByEnv: ReadonlyMap<string, PlacedRow> = new Map(
  placedRows.map((placed) => [placed.row.env, placed]),
);
