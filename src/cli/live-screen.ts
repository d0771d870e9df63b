/** A screen that is drawn anew in place, beside the terminal's own text, which comes back when it closes. */
export interface LiveScreen {
  show(lines: readonly string[]): void;
  /** A line that stays visible below the rest for a while. */
  note(line: string): void;
  close(): void;
}

const NOTES_KEPT = 6;
const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const REST_OF_LINE = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';

export function openLiveScreen(stream: NodeJS.WriteStream): LiveScreen {
  let shown: readonly string[] = ['starting chain, venue and traders ...'];
  let notes: readonly string[] = [];
  let isOpen = true;
  stream.write(ENTER);
  const leave = (): void => {
    if (!isOpen) return;
    isOpen = false;
    stream.write(LEAVE);
    for (const note of notes) stream.write(`${note}\n`);
  };
  process.once('exit', leave);

  function draw(): void {
    if (!isOpen) return;
    const lines = [...shown, '', ...notes].slice(0, Math.max(4, (stream.rows ?? 40) - 1));
    const width = Math.max(20, stream.columns ?? 120);
    const text = lines.map((line) => `${line.slice(0, width - 1)}${REST_OF_LINE}\n`).join('');
    stream.write(`${HOME}${text}${REST_OF_SCREEN}`);
  }

  draw();
  return {
    show: (lines) => {
      shown = lines;
      draw();
    },
    note: (line) => {
      notes = [...notes, line].slice(-NOTES_KEPT);
      draw();
    },
    close: leave,
  };
}
