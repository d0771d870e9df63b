import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/**
 * Everything that has to hold, in one command: lint, types and generated files side by side, then the tests (which hold
 * the layers too). The last line of output is `N passed, N failed, N skipped`. With arguments only the tests they
 * select run.
 */
const root = join(import.meta.dirname, '..');
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);

interface Step {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
}

const checks: readonly Step[] = [
  { name: 'lint', command: [bin('biome'), 'check', '--error-on-warnings', '.'] },
  {
    name: 'typecheck',
    command: [process.execPath, join(root, 'node_modules', 'tsc7', 'bin', 'tsc'), '-p', root],
  },
  { name: 'generate', command: [process.execPath, join(root, 'tools', 'generate-docs.ts'), '--check'] },
];

const running = new Set<ChildProcess>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    for (const child of running) child.kill(signal);
    process.exitCode = 1;
  });
}

const filters = process.argv.slice(2);
const failed = filters.length > 0 ? [] : await runChecks();
if (failed.length > 0) {
  console.log(`\nThe tests did not run, because ${failed.join(' and ')} failed.`);
  console.log(`\n0 passed, ${failed.length} failed, 0 skipped`);
  process.exitCode = 1;
} else {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  process.exitCode = await run([process.execPath, vitest, 'run', ...filters], () => undefined, 'inherit');
}

async function runChecks(): Promise<string[]> {
  const outcomes = await Promise.all(
    checks.map(async ({ name, command }) => {
      const startedMs = performance.now();
      const chunks: string[] = [];
      const code = await run(command, (text) => chunks.push(text), 'pipe');
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      console.log(`${name.padEnd(10)} ${code === 0 ? 'ok' : 'FAILED'} (${seconds} s)`);
      if (code !== 0) console.log(chunks.join(''));
      return { name, code };
    }),
  );
  return outcomes.flatMap(({ name, code }) => (code === 0 ? [] : [name]));
}

function run(
  command: Step['command'],
  onText: (text: string) => void,
  output: 'pipe' | 'inherit',
): Promise<number> {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', output, output] });
    running.add(child);
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', onText);
    child.once('error', reject);
    child.once('close', (code) => {
      running.delete(child);
      resolve(code ?? 1);
    });
  });
}
