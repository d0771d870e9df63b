const QUIET_MS = 1_000;
const EVERY_MS = 200;
const MEGABYTE = 1_000_000;

/** Counts bytes read, and shows them on a terminal once that has taken longer than a second. */
export function showProgress(stream: NodeJS.WriteStream): { add(bytes: number): void; end(): void } {
  const startedAtMs = Date.now();
  let shownAtMs = 0;
  let read = 0;
  return {
    add(bytes) {
      read += bytes;
      const nowMs = Date.now();
      if (stream.isTTY !== true || nowMs - startedAtMs < QUIET_MS || nowMs - shownAtMs < EVERY_MS) return;
      shownAtMs = nowMs;
      stream.write(`\r\u001b[Kreading the journal: ${(read / MEGABYTE).toFixed(0)} MB`);
    },
    end() {
      if (shownAtMs > 0) stream.write('\r\u001b[K');
      shownAtMs = 0;
    },
  };
}
