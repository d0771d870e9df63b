import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withoutSettings } from '../app/demo/demo-settings.ts';

const command = join(import.meta.dirname, 'parse-questions.ts');
const folder = mkdtempSync(join(tmpdir(), 'evenkeel-questions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function parse(
  args: readonly string[],
  input = '',
): { status: number | null; out: Record<string, unknown>[]; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
    input,
    // Without .env, without a key, and from a folder that has neither.
    cwd: folder,
    env: withoutSettings(process.env),
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { status, out: lines.map((line) => JSON.parse(line)), err: stderr };
}

const above =
  '{"id":"7","question":"Will the price of Bitcoin be above $60,000 on June 24?","endDate":"2026-06-24T16:00:00Z"}';
const ladder =
  '{"question":"↑ 150,000","eventTitle":"What price will Bitcoin hit in November?","endDate":"2025-12-01","slug":null}';
const sale = '{"question":"MicroStrategy sells any Bitcoin by June 30, 2026?"}';

describe('./run parse-questions', () => {
  it('answers every line in order, with the same fields', () => {
    const file = join(folder, 'questions.jsonl');
    writeFileSync(file, `\uFEFF${above}\r\n\n${ladder}\n${sale}`);
    const { status, out, err } = parse([file]);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out.map(({ line, id, kind, coin, tradable }) => ({ line, id, kind, coin, tradable }))).toEqual([
      { line: 1, id: '7', kind: 'close', coin: 'BTC', tradable: true },
      { line: 3, id: undefined, kind: 'one-touch', coin: 'BTC', tradable: true },
      { line: 4, id: undefined, kind: 'other', coin: null, tradable: false },
    ]);
    expect(out[0]).toMatchObject({
      direction: 'above',
      strikes: [60_000],
      window: { start: null, end: '2026-06-24T16:00:00Z', timezone: 'ET' },
      source: 'binance',
      settlement: 'one-minute-close',
      from: { coin: { field: 'question', text: 'Bitcoin' } },
    });
    const fields = out.map(({ id: _, ...rest }) => Object.keys(rest));
    expect(new Set(fields.map(String)).size).toBe(1);
  });

  it('keeps the good lines where others are bad, and says which and why', () => {
    const { status, out, err } = parse(
      ['-'],
      `${above}\nnot json\n[]\n{"slug":"x"}\n{"question":5}\n${ladder}\n`,
    );
    expect(status).toBe(2);
    expect(out.map(({ line }) => line)).toEqual([1, 6]);
    const lines = err.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toContain('standard input, line 2: found no JSON');
    expect(lines[1]).toContain('standard input, line 3: found no object');
    expect(lines[2]).toContain('standard input, line 4: found an unusable "question"');
    expect(lines[3]).toContain('standard input, line 5: found an unusable "question"');
  });

  it('takes names of outcomes as a list or as the venue writes it', () => {
    const asked = (outcomes: unknown): string => JSON.stringify({ ...JSON.parse(above), outcomes });
    const lines = [
      asked(['Yes', 'No']),
      asked('["Yes", "No"]'),
      asked('["No", "Yes"]'),
      asked(null),
      asked('Yes'),
      asked([1]),
    ];
    const { status, out, err } = parse(['-'], lines.join('\n'));
    expect(out.map(({ kind, cause }) => cause ?? kind)).toEqual(['close', 'close', 'disagreement', 'close']);
    expect(status).toBe(2);
    expect(err.match(/an unusable "outcomes"/g)).toHaveLength(2);
  });

  it('ends quietly when its reader does', () => {
    const file = join(folder, 'many.jsonl');
    writeFileSync(file, `${above}\n`.repeat(2_000));
    const { status, stdout, stderr } = spawnSync(
      '/bin/sh',
      ['-c', '"$0" "$1" "$2" | head -n 1', process.execPath, command, file],
      {
        encoding: 'utf8',
        timeout: 60_000,
      },
    );
    expect({ status, stderr, lines: stdout.trimEnd().split('\n').length }).toEqual({
      status: 0,
      stderr: '',
      lines: 1,
    });
  });

  it('takes a market as the venue lists it', () => {
    const market = {
      id: 3,
      question: 'Bitcoin Up or Down - August 22, 12:00PM-12:05PM ET',
      slug: 'btc-updown-5m-1787414400',
      endDate: '2026-08-22T16:05:00Z',
      eventStartTime: '2026-08-22T16:00:00Z',
      resolutionSource: 'https://data.chain.link/streams/btc-usd',
      outcomes: '["Up", "Down"]',
      events: [{ title: 'Bitcoin Up or Down - August 22, 12:00PM-12:05PM ET' }],
    };
    const listed = (config: object): string => JSON.stringify({ ...market, ...config });
    const { out } = parse(
      ['-'],
      [
        listed({ cryptoMarketConfig: { twapEnabled: true, twapLookbackSeconds: 30 } }),
        listed({ cryptoMarketConfig: { twapEnabled: false } }),
        listed({}),
        // In July no habit makes it a TWAP: the listing does.
        listed({
          cryptoMarketConfig: { twapEnabled: true },
          question: 'Bitcoin Up or Down - July 22, 12:00PM-12:05PM ET',
          slug: 'btc-updown-5m-1784736000',
          endDate: '2026-07-22T16:05:00Z',
          eventStartTime: '2026-07-22T16:00:00Z',
          events: [],
        }),
      ].join('\n'),
    );
    expect(
      out.map(({ settlement, twapLookbackSeconds, tradable }) => ({
        settlement,
        twapLookbackSeconds,
        tradable,
      })),
    ).toEqual([
      { settlement: 'twap', twapLookbackSeconds: 30, tradable: true },
      { settlement: 'spot-at-end-against-start', twapLookbackSeconds: null, tradable: true },
      { settlement: 'twap', twapLookbackSeconds: null, tradable: false },
      { settlement: 'twap', twapLookbackSeconds: null, tradable: false },
    ]);
    expect(out[2]?.missing).toEqual(['the seconds of the TWAP that settles it']);
  });

  it.each([
    [[], 'found 0 words (), expected 1'],
    [['a', 'b'], 'found 2 words (a b), expected 1'],
    [['--fast', 'a'], "Unknown option '--fast'"],
    [['nowhere.jsonl'], 'nowhere.jsonl cannot be read: ENOENT'],
  ])('refuses %s with one message', (args, message) => {
    const { status, out, err } = parse(args);
    expect({ status, out }).toEqual({ status: 2, out: [] });
    expect(err.split('\n')[0]).toContain(message);
  });
});
