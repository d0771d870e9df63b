import { excerpt, type HttpCall, troubleError } from './http.ts';
import { signedSend, type VenueClient } from './signed-calls.ts';

/** One heartbeat of the chain. A wrong id is answered with the one expected, which is then sent once. */
export async function beat(client: VenueClient, heartbeatId: string, signal: AbortSignal): Promise<string> {
  const attempt = (id: string) => {
    const body = JSON.stringify({ heartbeat_id: id });
    return signedSend(client, { ...BEAT_CALL, body }, signal);
  };
  let answer = await attempt(heartbeatId);
  if (answer.status === 400) {
    const expected = beatId(answer.text);
    if (expected !== null) answer = await attempt(expected);
  }
  const next = answer.status >= 200 && answer.status < 300 ? beatId(answer.text) : null;
  if (next !== null) return next;
  const trouble =
    answer.status >= 200 && answer.status < 300
      ? ({ kind: 'garbage', text: `expected heartbeat_id, found ${excerpt(answer.text)}` } as const)
      : ({ kind: 'http', status: answer.status, text: answer.text } as const);
  throw troubleError(BEAT_CALL, trouble, undefined, answer);
}

const BEAT_CALL: HttpCall = { method: 'POST', path: '/v1/heartbeats' };

function beatId(text: string): string | null {
  try {
    const found = JSON.parse(text) as { heartbeat_id?: unknown } | null;
    const id = found?.heartbeat_id;
    return typeof id === 'string' && id !== '' ? id : null;
  } catch {
    // Not the venue's answer; the caller reports it with its text.
    return null;
  }
}
