import { resolve } from 'node:path';
import type { Settings } from '../settings/index.ts';

/** The data folder as the settings name it; a relative one is inside the project folder. */
export const dataFolder = ({ data }: Settings, projectFolder: string): string =>
  resolve(projectFolder, data.dir ?? 'data');

/** Where the tables of a data folder are; a relative path is inside it. */
export const tablesPath = ({ data }: Settings, dataDir: string): string => resolve(dataDir, data.sqlitePath);
