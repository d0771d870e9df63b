import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../settings/secret.ts';
import { createHmacSigner, createL2Signer } from './l2-auth.ts';

describe('L2 headers', () => {
  it('sign the exact body: one more space is another signature', () => {
    const { sign } = createHmacSigner(new Secret('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='));
    expect(sign('POST', '/orders', '{"a":1}', 5)).not.toBe(sign('POST', '/orders', '{"a": 1}', 5));
  });

  it('take a base64url secret as they take base64', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.string(), (bytes, body) => {
        const plain = Buffer.from(bytes).toString('base64');
        const url = Buffer.from(bytes).toString('base64url');
        const expected = createHmac('sha256', Buffer.from(bytes))
          .update(`7GET/data${body}`)
          .digest('base64')
          .replace(/\+/g, '-')
          .replace(/\//g, '_');
        expect(createHmacSigner(new Secret(plain)).sign('GET', '/data', body, 7)).toBe(expected);
        expect(createHmacSigner(new Secret(url)).sign('GET', '/data', body, 7)).toBe(expected);
      }),
    );
  });

  it('are the same whether the signature was begun ahead or not, whatever is signed before and after it', () => {
    const secret = new Secret('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.nat({ max: 2 }))), (requests) => {
        const signer = createHmacSigner(secret);
        for (const [body, readied] of requests) {
          for (let time = 0; time < readied; time += 1) signer.makeReady();
          expect(signer.sign('POST', '/orders', body, 7)).toBe(
            createHmacSigner(secret).sign('POST', '/orders', body, 7),
          );
        }
      }),
    );
  });

  it('carry key, passphrase, time and the signing address', () => {
    const { steady, sign } = createL2Signer('0xabc', {
      apiKey: 'key',
      secret: new Secret('AAAA'),
      passphrase: new Secret('pass'),
    });
    const headers = sign('GET', '/data/orders', '', 1_795_373_206);
    expect({ ...steady, ...headers }).toMatchObject({
      POLY_ADDRESS: '0xabc',
      POLY_API_KEY: 'key',
      POLY_PASSPHRASE: 'pass',
      POLY_TIMESTAMP: '1795373206',
    });
  });
});
