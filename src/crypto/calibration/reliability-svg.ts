import { bandOf, type CalibrationReport, type Forecaster } from './calibration-report.ts';

/** Who is drawn. */
type Drawn = Exclude<Forecaster, 'recalibrated'>;

/** Colours that stay apart for all kinds of colour vision, and a mark of its own for each, for print. */
const STYLES: Record<Drawn, { readonly name: string; readonly colour: string; readonly mark: Mark }> = {
  model: { name: 'model', colour: '#1f6fc5', mark: 'circle' },
  market: { name: 'market price', colour: '#d1690b', mark: 'square' },
  other: { name: 'other model', colour: '#5f6b76', mark: 'triangle' },
};
type Mark = 'circle' | 'square' | 'triangle';

const WIDTH = 652;
const LEFT = 78;
const TOP = 92;
const SIDE = 520;
const GAP = 64;
const BARS = 120;
const HEIGHT = TOP + SIDE + GAP + BARS + 66;
/** Forecasters stand beside each other by this much, so that none hides another. */
const APART = 9;
const BINS = 10;
const INK = '#20262c';
const FAINT = '#d8dde2';
const MUTED = '#5f6b76';

/**
 * A reliability diagram as SVG: what was said across, how often it happened upwards, a bar of 95 per cent on each point and a hollow
 * mark where too few markets are in it for one; the diagonal is a perfect forecaster. Below, how many forecasts each tenth holds.
 */
export function reliabilitySvg(report: CalibrationReport, title: string, subtitle: string): string {
  // The recalibrated model has its line in the table; a fourth mark would hide the other three.
  const series = report.reliability.flatMap(({ by, groups }) =>
    by === 'recalibrated' ? [] : [{ by, groups }],
  );
  const most = Math.max(1, ...series.flatMap(({ groups }) => groups.map(({ forecasts }) => forecasts)));
  const parts = [
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(LEFT, 30, title, { size: 18, weight: 600 }),
    text(LEFT, 51, subtitle, { size: 12.5, fill: MUTED }),
    legend(series.map(({ by }) => by)),
    frame(),
    // The model comes last, so that it is what lies on top.
    ...series
      .map(({ by, groups }, index) => points(by, groups, offset(index, series.length)))
      .reverse()
      .flat(),
    histogramFrame(most),
    ...series.flatMap(({ by, groups }, index) => bars(by, groups, index, series.length, most)),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" role="img" aria-label="${escaped(title)}">`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

type Groups = CalibrationReport['reliability'][number]['groups'];

const across = (share: number): number => LEFT + share * SIDE;
const upwards = (share: number): number => TOP + (1 - share) * SIDE;
const offset = (index: number, count: number): number => (index - (count - 1) / 2) * APART;
const round = (value: number): string => String(Math.round(value * 100) / 100);

function frame(): string {
  const ticks = Array.from({ length: 6 }, (_, index) => index / 5);
  const lines = ticks.map(
    (share) =>
      `${line(across(share), TOP, across(share), TOP + SIDE, FAINT)}${line(LEFT, upwards(share), LEFT + SIDE, upwards(share), FAINT)}`,
  );
  const labels = ticks.map(
    (share) =>
      `${text(across(share), TOP + SIDE + 18, `${100 * share} %`, { anchor: 'middle' })}${text(LEFT - 9, upwards(share) + 4, `${100 * share} %`, { anchor: 'end' })}`,
  );
  const diagonal = `<line x1="${LEFT}" y1="${TOP + SIDE}" x2="${LEFT + SIDE}" y2="${TOP}" stroke="${MUTED}" stroke-width="1.4" stroke-dasharray="5 4"/>`;
  const along = `<g transform="translate(${across(0.86)} ${upwards(0.86) - 9}) rotate(-45)">${text(0, 0, 'says what happens', { anchor: 'middle', fill: MUTED, size: 11 })}</g>`;
  const upTitle = `<g transform="translate(20 ${TOP + SIDE / 2}) rotate(-90)">${text(0, 0, 'share that resolved YES', { anchor: 'middle', size: 12.5 })}</g>`;
  return [
    ...lines,
    ...labels,
    diagonal,
    along,
    upTitle,
    text(LEFT + SIDE / 2, TOP + SIDE + 38, 'mean probability given to YES, by tenths', {
      anchor: 'middle',
      size: 12.5,
    }),
  ].join('\n');
}

function points(by: Drawn, groups: Groups, aside: number): string[] {
  const { colour, mark } = STYLES[by];
  return groups.flatMap(({ claimed, happened, bias, forecasts, clusters, name }) => {
    if (claimed === null || happened === null) return [];
    const [x, y] = [across(claimed) + aside, upwards(happened)];
    const band = bandOf(claimed, bias);
    const whisker =
      band === null
        ? ''
        : [
            line(x, upwards(band.low), x, upwards(band.high), colour, 1.6),
            line(x - 3, upwards(band.low), x + 3, upwards(band.low), colour, 1.6),
            line(x - 3, upwards(band.high), x + 3, upwards(band.high), colour, 1.6),
          ].join('');
    const hint = `${STYLES[by].name}, ${name}: ${forecasts} forecasts in ${clusters} blocks, said ${(100 * claimed).toFixed(1)} %, happened ${(100 * happened).toFixed(1)} %`;
    return [`<g><title>${escaped(hint)}</title>${whisker}${shape(mark, x, y, colour, band !== null)}</g>`];
  });
}

function shape(mark: Mark, x: number, y: number, colour: string, isFilled: boolean): string {
  const halo = (inner: string): string =>
    inner.replace('/>', ' fill="#ffffff" stroke="#ffffff" stroke-width="4.4"/>');
  const painted = (inner: string): string =>
    inner.replace('/>', ` fill="${isFilled ? colour : '#ffffff'}" stroke="${colour}" stroke-width="1.6"/>`);
  const outline = outlineOf(mark, x, y);
  return halo(outline) + painted(outline);
}

function outlineOf(mark: Mark, x: number, y: number): string {
  if (mark === 'circle') return `<circle cx="${round(x)}" cy="${round(y)}" r="4.6"/>`;
  if (mark === 'square')
    return `<rect x="${round(x - 4.2)}" y="${round(y - 4.2)}" width="8.4" height="8.4"/>`;
  return `<path d="M${round(x)} ${round(y - 5.4)} L${round(x + 5.2)} ${round(y + 4)} L${round(x - 5.2)} ${round(y + 4)} Z"/>`;
}

function legend(shown: readonly Drawn[]): string {
  const marks = shown.map((by, index) => {
    const x = LEFT + 6 + index * 116;
    return `${shape(STYLES[by].mark, x, 71, STYLES[by].colour, true)}${text(x + 12, 75, STYLES[by].name, { size: 12.5 })}`;
  });
  const x = LEFT + 6 + shown.length * 116;
  return [
    ...marks,
    shape('circle', x, 71, MUTED, false),
    text(x + 12, 75, 'hollow: too few for an interval', { size: 12.5, fill: MUTED }),
  ].join('');
}

const BARS_TOP = TOP + SIDE + GAP;

/** Counts by the root: a full tenth would otherwise hide the thin ones. */
const barHeight = (count: number, most: number): number => BARS * Math.sqrt(count / most);

function histogramFrame(most: number): string {
  const steps = [1, 10, 100, 1_000, 10_000, 100_000].filter((step) => step < most * 0.7).slice(-2);
  const ticks = [...steps, most].map((count) => {
    const y = BARS_TOP + BARS - barHeight(count, most);
    return `${line(LEFT, y, LEFT + SIDE, y, FAINT)}${text(LEFT - 9, y + 4, String(count), { anchor: 'end', size: 11 })}`;
  });
  const title = `<g transform="translate(20 ${BARS_TOP + BARS / 2}) rotate(-90)">${text(0, 0, 'forecasts (root)', { anchor: 'middle', size: 12.5 })}</g>`;
  const bins = Array.from({ length: BINS + 1 }, (_, index) =>
    text(across(index / BINS), BARS_TOP + BARS + 17, `${index * 10}`, { anchor: 'middle', size: 11 }),
  );
  return [
    ...ticks,
    line(LEFT, BARS_TOP + BARS, LEFT + SIDE, BARS_TOP + BARS, INK),
    ...bins,
    title,
    text(LEFT + SIDE / 2, BARS_TOP + BARS + 37, 'tenth of the probability given, per cent', {
      anchor: 'middle',
      size: 12.5,
    }),
  ].join('\n');
}

function bars(by: Drawn, groups: Groups, index: number, count: number, most: number): string[] {
  const slot = SIDE / BINS;
  const wide = (slot - 12) / count;
  return groups.map(({ name, forecasts }) => {
    const bin = Number.parseInt(name, 10) / 10;
    const height = barHeight(forecasts, most);
    const x = LEFT + bin * slot + 6 + index * wide;
    return `<rect x="${round(x)}" y="${round(BARS_TOP + BARS - height)}" width="${round(wide - 1.5)}" height="${round(height)}" fill="${STYLES[by].colour}"><title>${escaped(`${STYLES[by].name}, ${name}: ${forecasts}`)}</title></rect>`;
  });
}

interface TextStyle {
  readonly size?: number;
  readonly fill?: string;
  readonly anchor?: 'middle' | 'end';
  readonly weight?: number;
}

function text(x: number, y: number, words: string, style: TextStyle = {}): string {
  const anchor = style.anchor === undefined ? '' : ` text-anchor="${style.anchor}"`;
  const weight = style.weight === undefined ? '' : ` font-weight="${style.weight}"`;
  return `<text x="${round(x)}" y="${round(y)}" font-size="${style.size ?? 12}" fill="${style.fill ?? INK}"${anchor}${weight}>${escaped(words)}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string, width = 1): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${colour}" stroke-width="${width}"/>`;
}

const escaped = (words: string): string =>
  words.replace(
    /[&<>"]/g,
    (found) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[found] ?? found,
  );
