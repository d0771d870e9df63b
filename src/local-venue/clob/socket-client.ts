import type { WebSocket } from 'ws';

/** Sends text unless the peer reads too slowly: past the bound its socket is dropped, so that it cannot hold the venue's memory. */
export function sendBounded(socket: WebSocket, text: string, maxBacklogBytes: number): void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > maxBacklogBytes) {
    socket.terminate();
    return;
  }
  socket.send(text);
}

/** The object in a text frame, or null when it is not a JSON object. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    // Not JSON: the caller answers it as an invalid operation.
    return null;
  }
}

export const textList = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
