import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEVELOPMENT_ADDRESS, DEVELOPMENT_KEY } from '../adapters/polymarket/testing/orders.ts';
import { Secret } from '../settings/secret.ts';
import { KeystoreFault, keystoreAddress, openKeystore, sealKeystore } from './keystore.ts';

const PASSPHRASE = new Secret('testpassword');
/** The two vectors of the format's definition: key, passphrase and address are published with them. */
const VECTOR_KEY = '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d';
const VECTORS = {
  pbkdf2: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
    ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
    kdf: 'pbkdf2',
    kdfparams: {
      c: 262_144,
      dklen: 32,
      prf: 'hmac-sha256',
      salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
    },
    mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
  },
  scrypt: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '83dbcc02d8ccb40e466191a123791e0e' },
    ciphertext: 'd172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c',
    kdf: 'scrypt',
    kdfparams: {
      dklen: 32,
      n: 262_144,
      r: 1,
      p: 8,
      salt: 'ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19',
    },
    mac: '2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097',
  },
} as const;
const vectorText = (name: keyof typeof VECTORS): string =>
  JSON.stringify({ crypto: VECTORS[name], id: '3198bc9c-6672-5ab3-d995-4942343ae5b6', version: 3 });

/** Far too weak for a key that is worth something. */
const WEAK = { scrypt: { n: 2, r: 1, p: 1 } };

describe('a keystore', () => {
  it.each(['pbkdf2', 'scrypt'] as const)(
    'opens as published: the vector of %s',
    { timeout: 120_000 },
    async (name) => {
      expect((await openKeystore(vectorText(name), PASSPHRASE)).reveal()).toBe(VECTOR_KEY);
      const spelledAsOfOld = vectorText(name).replace('"crypto"', '"Crypto"');
      expect((await openKeystore(spelledAsOfOld, PASSPHRASE)).reveal()).toBe(VECTOR_KEY);
    },
  );

  it('gives back any key under any passphrase, and under no other', async () => {
    const key = fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => `0x00${Buffer.from(bytes.subarray(1)).toString('hex')}`)
      .filter((text) => /[1-9a-f]/.test(text.slice(2)));
    await fc.assert(
      fc.asyncProperty(key, fc.string(), fc.string(), async (text, passphrase, other) => {
        const sealed = await sealKeystore(new Secret(text), new Secret(passphrase), WEAK);
        expect(sealed).not.toContain(text.slice(2));
        expect((await openKeystore(sealed, new Secret(passphrase))).reveal()).toBe(text);
        if (other.normalize('NFKC') !== passphrase.normalize('NFKC'))
          await expect(openKeystore(sealed, new Secret(other))).rejects.toThrow('passphrase is not that');
      }),
      { numRuns: 60 },
    );
  });

  it('says its address, and that of another key is noticed', async () => {
    const sealed = await sealKeystore(new Secret(DEVELOPMENT_KEY), PASSPHRASE, WEAK);
    expect(keystoreAddress(sealed)).toBe(DEVELOPMENT_ADDRESS.toLowerCase());
    expect(keystoreAddress(vectorText('scrypt'))).toBeNull();
    const exchanged = sealed.replace(DEVELOPMENT_ADDRESS.slice(2).toLowerCase(), '1'.repeat(40));
    await expect(openKeystore(exchanged, PASSPHRASE)).rejects.toThrow('but it holds the key of');
  });

  it('opens as the same passphrase however its letters are composed', async () => {
    const sealed = await sealKeystore(new Secret(DEVELOPMENT_KEY), new Secret('Schlu\u0308ssel'), WEAK);
    expect((await openKeystore(sealed, new Secret('Schl\u00fcssel'))).reveal()).toBe(DEVELOPMENT_KEY);
  });

  it.each([
    ['no JSON', 'key'],
    ['another version', JSON.stringify({ version: 1, crypto: VECTORS.scrypt })],
    ['another cipher', JSON.stringify({ version: 3, crypto: { ...VECTORS.scrypt, cipher: 'aes-256-gcm' } })],
    [
      'no address of 16 bytes for the cipher',
      JSON.stringify({ version: 3, crypto: { ...VECTORS.scrypt, cipherparams: { iv: '00' } } }),
    ],
    [
      'too much memory',
      JSON.stringify({
        version: 3,
        crypto: { ...VECTORS.scrypt, kdfparams: { ...VECTORS.scrypt.kdfparams, n: 2 ** 30 } },
      }),
    ],
    [
      'a cost that is no power of two',
      JSON.stringify({
        version: 3,
        crypto: { ...VECTORS.scrypt, kdfparams: { ...VECTORS.scrypt.kdfparams, n: 1_000 } },
      }),
    ],
  ])('with %s is refused with what was expected', async (_name, text) => {
    const failure = await openKeystore(text, PASSPHRASE).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(KeystoreFault);
    expect(String(failure)).toMatch(/keystore/);
    expect(inspect(failure)).not.toContain('testpassword');
  });

  it('refuses to seal what is no key, and shows none of it', async () => {
    const failure = await sealKeystore(new Secret('0xnotakey'), PASSPHRASE, WEAK).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(RangeError);
    expect(inspect(failure)).not.toContain('notakey');
  });
});
