import { Agent, createServer, request } from 'node:http';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createResponseReader } from './response-reader.ts';

interface Answer {
  readonly status: number;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
  readonly framing: 'length' | 'chunked';
  /** Where chunks are cut, as shares of the body. */
  readonly cuts: readonly number[];
}

const fieldName = fc.constantFrom('Date', 'CF-Ray', 'x-a', 'Retry-After', 'content-type', 'Set-Cookie');
const fieldValue = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
const answer: fc.Arbitrary<Answer> = fc.record({
  status: fc.constantFrom(200, 201, 204, 400, 404, 425, 429, 500, 503),
  fields: fc.uniqueArray(fc.tuple(fieldName, fieldValue), { selector: ([name]) => name.toLowerCase() }),
  body: fc.string({ unit: 'grapheme', maxLength: 200 }),
  framing: fc.constantFrom('length', 'chunked'),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
});

/** The bytes of an answer, made by Node's own server. */
async function bytesOf({ status, fields, body, framing, cuts }: Answer): Promise<Buffer> {
  const server = createServer((_, response) => {
    response.sendDate = false;
    for (const [name, value] of fields) response.setHeader(name, value);
    response.statusCode = status;
    const bytes = Buffer.from(body);
    if (framing === 'length') response.setHeader('content-length', bytes.length);
    let from = 0;
    for (const cut of [...cuts].sort((a, b) => a - b)) {
      const to = Math.floor(cut * bytes.length);
      if (framing === 'chunked' && to > from && status !== 204) response.write(bytes.subarray(from, to));
      if (framing === 'chunked') from = Math.max(from, to);
    }
    response.end(status === 204 ? undefined : bytes.subarray(from));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const socket = connect(address.port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  server.close();
  return Buffer.concat(chunks);
}

/** What Node's own client makes of the same bytes. */
function readByNode(
  bytes: Buffer,
): Promise<{ status: number; text: string; retryAfter: string | undefined }> {
  return new Promise((resolve, reject) => {
    const agent = new Agent();
    const wire = new Duplex({
      read: () => undefined,
      write: (_chunk, _encoding, done) => {
        done();
        wire.push(bytes);
        wire.push(null);
      },
    });
    agent.createConnection = () => wire;
    const asked = request({ host: 'a', agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(chunks).toString('utf8'),
          retryAfter: response.headers['retry-after'],
        }),
      );
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** Feeds the bytes in pieces of the sizes given, round and round. */
function readInPieces(bytes: Buffer, sizes: readonly number[]) {
  const reader = createResponseReader(100_000);
  let isWhole = false;
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] as number;
    expect(isWhole).toBe(false);
    isWhole = reader.take(bytes.subarray(at, at + size));
    at += size;
  }
  return { reader, isWhole };
}

const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 });

describe('an answer of a server', () => {
  it('is read as the client of Node reads it, in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(answer, sizes, async (one, pieces) => {
        const bytes = await bytesOf(one);
        const { reader, isWhole } = readInPieces(bytes, pieces);
        expect(isWhole).toBe(true);
        expect({
          status: reader.status(),
          text: reader.text(),
          retryAfter: reader.header('retry-after'),
        }).toEqual(await readByNode(bytes));
        expect(reader.text()).toBe(one.status === 204 ? '' : one.body);
        // It was asked to close.
        expect(reader.mayReuse()).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it('is never whole before its last byte, and never whole with one more', async () => {
    await fc.assert(
      fc.asyncProperty(answer, sizes, async (one, pieces) => {
        const bytes = Buffer.from(
          (await bytesOf(one)).toString('latin1').replace(/connection: close/i, 'connection: keep-alive'),
          'latin1',
        );
        expect(readInPieces(bytes.subarray(0, -1), pieces).isWhole).toBe(false);
        const whole = readInPieces(bytes, [bytes.length]);
        expect(whole.reader.mayReuse()).toBe(true);
        const more = createResponseReader(100_000);
        expect(more.take(Buffer.concat([bytes, Buffer.from('H')]))).toBe(true);
        expect(more.mayReuse()).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});

describe('what is no answer', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['garbage', 'garbage\r\n\r\n'],
    ['another protocol', 'HTTP/2 200\r\n\r\n'],
    ['a status out of range', 'HTTP/1.1 999 Odd\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\nContent-Length: 2\r\n\r\n'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['an unknown encoding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n'],
    ['a negative length', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'],
    ['a folded field', 'HTTP/1.1 200 OK\r\nx: a\r\n b\r\n\r\n'],
    ['a field with a blank before the colon', 'HTTP/1.1 200 OK\r\nx : a\r\n\r\n'],
    ['a chunk size that is none', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0x1\r\n'],
    [
      'a chunk longer than its size',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n',
    ],
    ['a switch of protocols', 'HTTP/1.1 101 Switching\r\n\r\n'],
  ];

  it.each(cases)('is refused: %s', (_, text) => {
    const reader = createResponseReader(1_000);
    expect(() => reader.take(Buffer.from(text))).toThrowError(
      expect.objectContaining({ code: 'RESPONSE_NOT_HTTP' }),
    );
  });

  const large: readonly (readonly [string, string])[] = [
    ['by its length', 'HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n'],
    ['by its chunks', `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nb\r\n${'x'.repeat(11)}\r\n`],
    ['until the end', `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(11)}`],
    ['by its head', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(70_000)}`],
    ['by its trailers', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: 0123456789\r\n'],
  ];

  it.each(large)('is refused when it is too large %s', (_, text) => {
    const reader = createResponseReader(10);
    expect(() => reader.take(Buffer.from(text))).toThrowError(
      expect.objectContaining({ code: 'RESPONSE_TOO_LARGE' }),
    );
  });
});

describe('an answer without a length', () => {
  it('ends with its connection, which serves no other request', () => {
    const reader = createResponseReader(100);
    expect(reader.take(Buffer.from('HTTP/1.1 200 OK\r\n\r\nabc'))).toBe(false);
    expect(reader.take(Buffer.from('def'))).toBe(false);
    expect(reader.end()).toBe(true);
    expect(reader.text()).toBe('abcdef');
    expect(reader.mayReuse()).toBe(false);
  });

  it('is not ended by a connection that breaks in the middle of one that has a length', () => {
    const reader = createResponseReader(100);
    reader.take(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc'));
    expect(reader.end()).toBe(false);
  });

  it('comes after announcements', () => {
    const reader = createResponseReader(100);
    const text = 'HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
    expect(reader.take(Buffer.from(text))).toBe(true);
    expect([reader.status(), reader.text(), reader.mayReuse(), reader.header('link')]).toEqual([
      200,
      'ok',
      true,
      undefined,
    ]);
  });
});
