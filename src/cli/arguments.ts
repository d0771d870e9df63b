import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { EXIT_BAD_INPUT } from './read-settings.ts';

/** The command's options, or the end of the process with what is wrong with them. */
export function readArguments<const Options extends ParseArgsOptionsConfig>(usage: string, options: Options) {
  return readWords(usage, options, 0).values;
}

/** Options and exactly `count` words beside them. */
export function readWords<const Options extends ParseArgsOptionsConfig>(
  usage: string,
  options: Options,
  count: number,
) {
  try {
    const parsed = parseArgs({ args: process.argv.slice(2), strict: true, allowPositionals: true, options });
    if (parsed.positionals.length !== count)
      throw new Error(
        `found ${parsed.positionals.length} words (${parsed.positionals.join(' ')}), expected ${count}`,
      );
    return { values: parsed.values, words: parsed.positionals };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\nusage: ${usage}`);
    process.exit(EXIT_BAD_INPUT);
  }
}

/** Says why the command does nothing, and makes it exit as on bad input. */
export function refuse(lines: readonly string[], json: boolean): void {
  console.error(lines.join('\n'));
  if (json) console.log(JSON.stringify({ ok: false, message: lines.join('\n') }));
  process.exitCode = EXIT_BAD_INPUT;
}

/** What a command that looks has found: lines for a person, which leave standard output to the one object of `json`. Exit code 1 unless `ok`. */
export function showReport(report: { readonly ok: boolean }, lines: readonly string[], json: boolean): void {
  if (!report.ok) process.exitCode = 1;
  if (json) {
    console.error(lines.join('\n'));
    console.log(JSON.stringify(report));
  } else console.log(lines.join('\n'));
}
