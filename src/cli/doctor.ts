import { createWorkerLogFor, examine, type Finding, nodeFinding, StartRefused } from '../app/index.ts';
import { problemsBeforeStart } from '../settings/index.ts';
import { readArguments, refuse } from './arguments.ts';
import { EXIT_BAD_INPUT, problemLines, projectFolder, readSettings } from './read-settings.ts';

/** `./run doctor` looks at everything a start needs and says what to do about what is not well. */
const USAGE = './run doctor [--json]';

const MARKS = { ok: ['32', 'ok  '], warn: ['33', 'warn'], fail: ['31', 'FAIL'] } as const;

await main();

async function main(): Promise<void> {
  const { json } = readArguments(USAGE, { json: { type: 'boolean', default: false } });
  const { parsed } = readSettings();
  const problems = parsed.ok ? problemsBeforeStart(parsed.settings) : parsed.problems;
  const settingsFinding: Finding =
    problems.length === 0
      ? { name: 'settings', verdict: 'ok', found: 'complete', todo: null }
      : {
          name: 'settings',
          verdict: 'fail',
          found: problemLines(problems).join('\n'),
          todo: 'Correct them first.',
        };
  if (!parsed.ok || problems.length > 0) return show([nodeFinding(), settingsFinding], json);
  const log = createWorkerLogFor(parsed.settings, projectFolder);
  try {
    const [node, ...rest] = await examine(parsed.settings, log);
    show([node ?? nodeFinding(), settingsFinding, ...rest], json);
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    refuse(error.problems, json);
  } finally {
    log.close();
  }
}

function show(findings: readonly Finding[], json: boolean): void {
  for (const { name, verdict, found, todo } of findings) {
    const [color, mark] = MARKS[verdict];
    const shownMark = process.stderr.isTTY ? `\u001b[${color}m${mark}\u001b[0m` : mark;
    console.error(`${shownMark} ${name.padEnd(14)} ${found}`);
    if (todo !== null) console.error(`${' '.repeat(20)}-> ${todo}`);
  }
  const ok = findings.every(({ verdict }) => verdict !== 'fail');
  console.error(ok ? 'ready to start' : 'not ready to start');
  if (json) console.log(JSON.stringify({ ok, findings }));
  process.exitCode = ok ? 0 : EXIT_BAD_INPUT;
}
