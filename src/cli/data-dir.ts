import { resolve } from 'node:path';
import { dataFolder } from '../app/index.ts';
import type { Settings } from '../settings/index.ts';
import { projectFolder } from './read-settings.ts';

/** The data folder that `--data` names, or without it the one of the settings. A relative one is inside the project folder. */
export const dataDirOf = (settings: Settings, data: string | undefined): string =>
  data === undefined ? dataFolder(settings, projectFolder) : resolve(projectFolder, data);
