import {
  createWorkerLogFor,
  dataFolder,
  examine,
  type Finding,
  nodeFinding,
  readSettingChanges,
  StartRefused,
  settingsWithChanges,
} from '../app/index.ts';
import { problemsBeforeStart, type Settings } from '../settings/index.ts';
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
  const { finding: changesFinding, settings } = lookAtChanges(parsed.settings);
  const findings = [settingsFinding, changesFinding];
  const log = createWorkerLogFor(settings, projectFolder);
  try {
    const [node, ...rest] = await examine(settings, log);
    show([node ?? nodeFinding(), ...findings, ...rest], json);
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    refuse(error.problems, json);
  } finally {
    log.close();
  }
}

/** What operators have changed over `.env`, and the settings that a start would have with it. */
function lookAtChanges(base: Settings): { readonly finding: Finding; readonly settings: Settings } {
  const name = 'changes';
  const dataDir = dataFolder(base, projectFolder);
  try {
    const changes = readSettingChanges(dataDir);
    const settings = settingsWithChanges(base, changes, dataDir);
    if (changes.length === 0)
      return { finding: { name, verdict: 'ok', found: 'everything as .env says', todo: null }, settings };
    const found = changes.map((change) => `${change.name}=${change.value}`).join(' ');
    const todo = './run settings changes says since when, by whom and why.';
    return { finding: { name, verdict: 'warn', found: `over .env: ${found}`, todo }, settings };
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    const [found = '', ...others] = error.problems;
    const todo = others.length === 0 ? 'Correct or remove the file.' : others.join('\n');
    return { finding: { name, verdict: 'fail', found, todo }, settings: base };
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
