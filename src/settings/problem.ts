/** What can be wrong with a setting. */
export type SettingProblemCode =
  | 'malformed'
  | 'outOfBounds'
  | 'unknown'
  | 'retired'
  | 'contradiction'
  | 'missing'
  | 'needsRestart'
  /** It is changed in `.env` alone. */
  | 'fileOnly'
  /** Nothing reads it yet, so a change would only look like one. */
  | 'withoutEffect'
  /** There is no change to take back. */
  | 'unchanged';

/** One thing that is wrong, in parts and as one line for the operator. A secret's text is never among the parts. */
export interface SettingProblem {
  readonly code: SettingProblemCode;
  /** Name of the environment variable; for a contradiction the first of those that disagree. */
  readonly env: string;
  readonly found: string;
  readonly expected: string;
  readonly todo: string;
  /** The parts as one line. */
  readonly message: string;
}

/** Builds a problem and its line: what was found, what was expected, what to do. */
export function settingProblem(parts: Omit<SettingProblem, 'message'>): SettingProblem {
  const message = `${parts.env}: found ${parts.found}; expected ${parts.expected}. ${parts.todo}`;
  return { ...parts, message };
}
