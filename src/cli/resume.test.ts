import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { controlPath } from '../app/control-path.ts';
import {
  type ControlServer,
  type OperatorWord,
  type OrderCheck,
  startControlServer,
} from '../app/control-server.ts';
import { startChild } from '../app/demo/child-program.ts';
import { withoutSettings } from '../app/demo/demo-settings.ts';

let dataDir: string;
let server: ControlServer | null = null;
let words: OperatorWord[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-resume-'));
  words = [];
});
afterEach(async () => {
  await server?.close();
  server = null;
  rmSync(dataDir, { recursive: true, force: true });
});

/** A worker, as far as its operator sees one. */
async function serve(
  environment: string,
  blocks: readonly string[],
  check: OrderCheck = { refused: null, warning: null },
): Promise<void> {
  server = await startControlServer({
    path: controlPath(dataDir),
    status: () => ({ run: { runId: 'run-1', environment }, trading: { mode: 'halted', sinceMs: 0, blocks } }),
    check: async () => check,
    operate: (word) => words.push(word),
    changeSetting: () => ({ ok: false, problems: [] }),
  });
}

async function run(command: 'pause' | 'resume', ...args: string[]) {
  const errors: string[] = [];
  const program = startChild({
    script: join(import.meta.dirname, `${command}.ts`),
    args: [...args, '--data', dataDir, '--json'],
    env: withoutSettings(process.env),
    onErrorLine: (line) => errors.push(line),
  });
  const code = await program.ended;
  return { code, text: errors.join('\n'), answer: JSON.parse(program.lastLine() ?? 'null') };
}

const HALT = 'operatorHalt: run kill (by me); cleared by resume by the operator';
const PAUSE = 'operatorPause: a look (by me); cleared by resume by the operator';

describe('./run resume and ./run pause', () => {
  it('order it with a reason, and say what still holds trading back', async () => {
    await serve('production', [PAUSE]);
    expect(await run('pause', '--reason', 'a look')).toMatchObject({ code: 0, answer: { ok: true } });
    const { code, text } = await run('resume');
    expect(code).toBe(0);
    expect(text).toMatch(/run run-1: halted\n +held back by operatorPause/);
    expect(words.map(({ order, reason }) => [order, reason])).toEqual([
      ['pause', 'a look'],
      ['resume', 'run resume'],
    ]);
    expect(words[0]?.by).not.toBe('');
  });

  it('W30: lift no halt that stands against real money without being told so twice', async () => {
    await serve('production', [HALT, PAUSE]);
    const refused = await run('resume');
    expect(refused).toMatchObject({ code: 2, answer: { ok: false } });
    expect(refused.text).toMatch(/operatorHalt: run kill[\s\S]*\.\/run resume --yes/);
    expect(words).toEqual([]);
    expect(await run('resume', '--yes')).toMatchObject({ code: 0 });
    expect(words.map(({ order }) => order)).toEqual(['resume']);
  });

  it('say that nothing was resumed where the worker refuses it, and what the worker warns of', async () => {
    await serve('local', [PAUSE], { refused: 'the account is paused on chain', warning: null });
    const refused = await run('resume');
    expect(refused).toMatchObject({
      code: 2,
      answer: { ok: false, message: 'not resumed: the account is paused on chain.' },
    });
    expect(words).toEqual([]);
    await server?.close();
    await serve('local', [PAUSE], { refused: null, warning: 'the chain does not tell' });
    const warned = await run('resume');
    expect(warned).toMatchObject({ code: 0, answer: { ok: true } });
    expect(warned.text).toContain('warning: the chain does not tell');
    expect(words.map(({ order }) => order)).toEqual(['resume']);
  });

  it('say what to do where no worker answers', async () => {
    expect(await run('pause')).toMatchObject({
      code: 2,
      answer: { message: expect.stringMatching(/no worker answers.*\.\/run kill/) },
    });
    expect((await run('resume')).text).toMatch(/no worker answers.*\.\/run start --resume/);
  });
});
