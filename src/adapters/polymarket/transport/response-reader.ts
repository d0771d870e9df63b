import { codedError, NOT_HTTP, TOO_LARGE } from './transport.ts';

const MAX_HEAD_BYTES = 64 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [^\r\n]*)?$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?$/;

/** An answer as far as it has come in. */
export interface ResponseReader {
  /** Takes what has arrived; true once the answer is whole. Throws a coded error on what is no HTTP/1.1, or is too large. */
  take(bytes: Buffer): boolean;
  /** The server has ended the connection; true where that is how the answer ends. */
  end(): boolean;
  /** Of the answer, once its head is there. */
  status(): number;
  header(name: string): string | undefined;
  text(): string;
  /** The connection may serve another request: the server keeps it, and nothing came after the answer. */
  mayReuse(): boolean;
}

/** What is read next. Trailers are the fields after the last chunk. */
type Part = 'head' | 'sized' | 'chunkSize' | 'chunk' | 'chunkEnd' | 'trailers' | 'untilEnd' | 'whole';

/**
 * Reads one HTTP/1.1 answer (RFC 9112) to a request other than HEAD, in whatever pieces it comes. It is strict where being
 * lenient lets one answer be taken for another: unclear lengths, folded fields and bare line feeds are refused.
 */
export function createResponseReader(maxBytes: number): ResponseReader {
  let part: Part = 'head';
  let unread: Buffer = Buffer.alloc(0);
  let status = 0;
  let minor = 1;
  let fields = new Map<string, string>();
  let missing = 0;
  let bodyBytes = 0;
  const body: Buffer[] = [];

  function take(bytes: Buffer): boolean {
    unread = unread.length === 0 ? bytes : Buffer.concat([unread, bytes]);
    for (let isRead = true; isRead && part !== 'whole'; ) isRead = step();
    return part === 'whole';
  }

  /** Reads one part; false when more bytes are needed. */
  function step(): boolean {
    switch (part) {
      case 'head':
        return readHead();
      case 'sized':
        return readSized('whole');
      case 'chunkSize':
        return readChunkSize();
      case 'chunk':
        return readSized('chunkEnd');
      case 'chunkEnd':
        return readLine((line) => {
          if (line !== '') throw notHttp('a chunk longer than its size');
          part = 'chunkSize';
        });
      case 'trailers':
        return readLine((line) => {
          if (line === '') part = 'whole';
          // What they say is not used, but they must end.
          else count(line.length);
        });
      case 'untilEnd':
        keep(unread);
        unread = Buffer.alloc(0);
        return false;
      case 'whole':
        return false;
    }
  }

  function readHead(): boolean {
    const at = unread.indexOf(HEAD_END);
    if (at < 0 && unread.length <= MAX_HEAD_BYTES) return false;
    if (at < 0 || at > MAX_HEAD_BYTES) throw codedError(TOO_LARGE, 'the head of the answer is too large');
    const [first = '', ...lines] = unread.toString('latin1', 0, at).split('\r\n');
    unread = unread.subarray(at + HEAD_END.length);
    const found = STATUS_LINE.exec(first);
    if (found === null)
      throw notHttp(`a first line that is no status: ${JSON.stringify(first.slice(0, 80))}`);
    minor = Number(found[1]);
    status = Number(found[2]);
    fields = fieldsOf(lines);
    if (status === 101) throw notHttp('a switch of protocols nobody asked for');
    // An interim answer announces the real one.
    if (status >= 200) part = bodyPart();
    return true;
  }

  function bodyPart(): Part {
    if (status === 204 || status === 304) return 'whole';
    const length = fields.get('content-length');
    const encoding = fields.get('transfer-encoding');
    if (encoding !== undefined) {
      if (length !== undefined || encoding.toLowerCase() !== 'chunked')
        throw notHttp(`a body of unclear length: transfer-encoding ${encoding}, content-length ${length}`);
      return 'chunkSize';
    }
    if (length === undefined) return 'untilEnd';
    if (!/^\d{1,15}$/.test(length)) throw notHttp(`the content-length ${length}`);
    missing = Number(length);
    if (missing > maxBytes) throw tooLarge(missing);
    return missing === 0 ? 'whole' : 'sized';
  }

  function readSized(next: Part): boolean {
    if (unread.length === 0) return false;
    const piece = unread.subarray(0, missing);
    keep(piece);
    unread = unread.subarray(piece.length);
    missing -= piece.length;
    if (missing === 0) part = next;
    return missing === 0;
  }

  function readChunkSize(): boolean {
    return readLine((line) => {
      const found = CHUNK_SIZE.exec(line);
      if (found === null) throw notHttp(`the chunk size ${JSON.stringify(line.slice(0, 80))}`);
      missing = Number.parseInt(found[1] as string, 16);
      part = missing === 0 ? 'trailers' : 'chunk';
    });
  }

  function readLine(use: (line: string) => void): boolean {
    const at = unread.indexOf(LINE_END);
    if (at < 0) {
      if (unread.length > MAX_HEAD_BYTES) throw codedError(TOO_LARGE, 'a line of the answer is too long');
      return false;
    }
    const line = unread.toString('latin1', 0, at);
    unread = unread.subarray(at + LINE_END.length);
    use(line);
    return true;
  }

  function count(bytes: number): void {
    bodyBytes += bytes;
    if (bodyBytes > maxBytes) throw tooLarge(bodyBytes);
  }

  function keep(piece: Buffer): void {
    count(piece.length);
    if (piece.length > 0) body.push(piece);
  }

  const tooLarge = (bytes: number): Error =>
    codedError(TOO_LARGE, `the answer has ${bytes} bytes or more, at most ${maxBytes} are read`);

  return {
    take,
    end: () => {
      if (part === 'untilEnd') part = 'whole';
      return part === 'whole';
    },
    status: () => status,
    header: (name) => fields.get(name),
    text: () => (body.length === 1 ? (body[0] as Buffer) : Buffer.concat(body)).toString('utf8'),
    mayReuse: () => {
      const connection = fields.get('connection')?.toLowerCase() ?? '';
      const isKept = minor === 1 ? connection !== 'close' : connection === 'keep-alive';
      const isDelimited =
        status === 204 || status === 304 || fields.has('content-length') || fields.has('transfer-encoding');
      return part === 'whole' && isKept && isDelimited && unread.length === 0;
    },
  };
}

const notHttp = (found: string): Error => codedError(NOT_HTTP, `expected an HTTP/1.1 answer, found ${found}`);

/** Fields by lower-case name. Repeated ones are joined, except lengths, which must agree. */
function fieldsOf(lines: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const found = FIELD.exec(line);
    if (found === null) throw notHttp(`the field ${JSON.stringify(line.slice(0, 80))}`);
    const name = (found[1] as string).toLowerCase();
    const value = found[2] as string;
    const earlier = fields.get(name);
    if (earlier === undefined) fields.set(name, value);
    else if (name !== 'content-length') fields.set(name, `${earlier}, ${value}`);
    else if (earlier !== value) throw notHttp(`two lengths, ${earlier} and ${value}`);
  }
  return fields;
}
