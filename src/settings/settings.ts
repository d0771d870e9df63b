import type { Row, ValueOf } from './row.ts';
import type { SettingGroup, settingsTable } from './table.ts';

type Table = typeof settingsTable;

/** Parsed settings by group: `settings.mm.quoteSizeUsd`. Numbers are in the unit the row names. */
export type Settings = {
  readonly [Group in SettingGroup]: {
    readonly [Name in keyof Table[Group]]: Table[Group][Name] extends Row
      ? ValueOf<Table[Group][Name]>
      : never;
  };
};
