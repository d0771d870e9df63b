import type { Headers } from '../signing/l1-auth.ts';
import { JSON_BODY, type TransportRequest } from './transport.ts';

/** A request as it goes over the wire. */
export interface RequestText {
  readonly text: string;
  /** `latin1` where the text is ASCII, which is written without a look at each character. */
  readonly encoding: 'latin1' | 'utf8';
}

/** What a request begins with, and what it was made from. */
interface Beginning {
  readonly path: string;
  readonly steady: Headers | undefined;
  readonly hasBody: boolean;
  readonly text: string;
}

/**
 * Makes the text of requests to one host. The beginning of the last one of each method is kept, since requests of a kind differ in
 * little else than their body and its signature.
 */
export function createRequestWriter(origin: URL): (request: TransportRequest) => RequestText {
  const last: Partial<Record<TransportRequest['method'], Beginning>> = {};

  function beginningOf({ method, path, steady, body }: TransportRequest): string {
    const hasBody = body !== null;
    const known = last[method];
    if (known !== undefined && known.steady === steady && known.hasBody === hasBody && known.path === path)
      return known.text;
    if (!IS_PATH.test(path))
      throw new RangeError(`a path with more than ASCII without white space: ${JSON.stringify(path)}`);
    const text =
      `${method} ${path} HTTP/1.1\r\nhost: ${origin.host}\r\nconnection: keep-alive\r\n` +
      fieldsText(steady ?? {}) +
      (hasBody ? fieldsText(JSON_BODY) : '');
    last[method] = { path, steady, hasBody, text };
    return text;
  }

  return (request) => {
    const { method, body } = request;
    const beginning = beginningOf(request) + fieldsText(request.headers);
    if (body === null) {
      const length = method === 'POST' ? 'content-length: 0\r\n' : '';
      return { text: `${beginning}${length}\r\n`, encoding: 'latin1' };
    }
    const length = Buffer.byteLength(body);
    const text = `${beginning}content-length: ${length}\r\n\r\n${body}`;
    return { text, encoding: length === body.length ? 'latin1' : 'utf8' };
  };
}

const IS_PATH = /^[\x21-\x7e]+$/;
const IS_VALUE = /^[\x20-\x7e]*$/;

/** A line break in a path or a header would be another request, and none of ours is more than ASCII: that is a broken invariant. */
function fieldsText(headers: Headers): string {
  let text = '';
  for (const name in headers) {
    const value = headers[name] as string;
    if (!IS_VALUE.test(value))
      throw new RangeError(`a line break, or more than ASCII, in the header ${name}`);
    text += `${name}: ${value}\r\n`;
  }
  return text;
}
