import { confirm, isCancel } from '@clack/prompts';

export interface Leave {
  readonly message: string;
  /** Why the command does nothing where nobody can be asked, and what to do. */
  readonly noTerminal: string;
  /** How things stand once the answer was no. */
  readonly declined: string;
}

/** Asks a person on the terminal. Null for a yes; otherwise why not. */
export async function askLeave({ message, noTerminal, declined }: Leave): Promise<string | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return noTerminal;
  const answer = await confirm({ message, initialValue: false, output: process.stderr });
  return isCancel(answer) || !answer ? declined : null;
}
