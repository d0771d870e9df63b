import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRequestWriter } from './request-text.ts';
import type { TransportRequest } from './transport.ts';

const origin = new URL('https://clob.example');
const ORDER: TransportRequest = { method: 'POST', path: '/orders', headers: { a: 'b' }, body: '[1]' };

describe('the text of a request', () => {
  it('carries method, path, headers and the length of the body in bytes', () => {
    const textOf = createRequestWriter(origin);
    expect(textOf({ ...ORDER, steady: { key: 'k' }, body: '["ü"]' })).toEqual({
      text: 'POST /orders HTTP/1.1\r\nhost: clob.example\r\nconnection: keep-alive\r\nkey: k\r\ncontent-type: application/json\r\na: b\r\ncontent-length: 6\r\n\r\n["ü"]',
      encoding: 'utf8',
    });
    expect(textOf({ ...ORDER, body: null }).text).toContain('a: b\r\ncontent-length: 0\r\n\r\n');
    expect(textOf({ ...ORDER, method: 'DELETE', body: null }).text).toBe(
      'DELETE /orders HTTP/1.1\r\nhost: clob.example\r\nconnection: keep-alive\r\na: b\r\n\r\n',
    );
  });

  it('is the same whatever was asked for before it', () => {
    const keys = [undefined, { key: 'k' }, { key: 'other', pass: 'p' }];
    const request = fc.record({
      method: fc.constantFrom('GET', 'POST', 'DELETE'),
      path: fc.constantFrom('/orders', '/beat'),
      steady: fc.constantFrom(...keys),
      headers: fc.record({ signature: fc.base64String(), time: fc.constant('7') }),
      body: fc.option(fc.json()),
    } as const);
    fc.assert(
      fc.property(fc.array(request, { minLength: 2, maxLength: 30 }), (requests) => {
        const textOf = createRequestWriter(origin);
        for (const each of requests) {
          const { text, encoding } = textOf(each);
          expect({ text, encoding }).toEqual(createRequestWriter(origin)(each));
          // No character is lost on the way to bytes.
          expect(Buffer.from(text, encoding).toString('utf8')).toBe(text);
        }
      }),
    );
  });

  it('cannot smuggle another one in, first or later', () => {
    const textOf = createRequestWriter(origin);
    const wrong: Partial<TransportRequest>[] = [
      { path: '/a b' },
      { path: '/a\r\nb: c' },
      { headers: { a: 'b\r\nc: d' } },
      { steady: { a: 'b\nc: d' } },
    ];
    for (let time = 0; time < 2; time += 1) {
      for (const each of wrong) expect(() => textOf({ ...ORDER, ...each })).toThrow(RangeError);
      expect(textOf(ORDER).text).toContain('a: b\r\n');
    }
  });
});
