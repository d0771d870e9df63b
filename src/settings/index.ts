export { changeableRow, changeSetting, isWithoutEffect } from './change-setting.ts';
export { type Environment, environmentOf } from './environment.ts';
export { type Explanation, explainSetting } from './explain-setting.ts';
export { nearestName } from './nearest-name.ts';
export {
  defaultSettings,
  type LenientSettings,
  type ParsedSettings,
  parseLeniently,
  parseSettings,
  problemsBeforeStart,
  problemsBeforeTrading,
  type SettingTexts,
} from './parse-settings.ts';
export { expectedOf } from './parse-value.ts';
export type { SettingProblem, SettingProblemCode } from './problem.ts';
export { redactedSettings, type ShownValue, settingAt, settingTexts } from './redacted-settings.ts';
export { renderEnvExample, renderSettingsPage } from './render-documents.ts';
export type { Apply, Row, SettingValue, ValueOf } from './row.ts';
export { HIDDEN, Secret } from './secret.ts';
export {
  appliesLive,
  type ChangeDecision,
  type ChangeWord,
  decideChange,
  layChanges,
  type SettingChange,
} from './setting-changes.ts';
export type { Settings } from './settings.ts';
export {
  groupTitles,
  type PlacedRow,
  placedRows,
  rowByEnv,
  type SettingGroup,
  settingsTable,
} from './table.ts';
