import {
  createCipheriv,
  createDecipheriv,
  pbkdf2,
  randomBytes,
  randomUUID,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { promisify } from 'node:util';
import { scrypt as scryptOfWasm } from 'hash-wasm';
import { z } from 'zod';
import { openAccount } from '../adapters/polymarket/signing/account.ts';
import { loadKeccak } from '../adapters/polymarket/signing/keccak.ts';
import { concatBytes } from '../adapters/polymarket/signing/words.ts';
import { Secret } from '../settings/secret.ts';

/**
 * A private key in a file, encrypted with a passphrase: Web3 Secret Storage, version 3, as geth, ethers and others write and read it.
 * Format: https://ethereum.org/en/developers/docs/data-structures-and-encoding/web3-secret-storage/
 */
const hexBytes = (min: number, max: number) =>
  z
    .string()
    .regex(/^(0x)?([0-9a-fA-F]{2})*$/)
    .transform((text) => Uint8Array.from(Buffer.from(text.replace(/^0x/, ''), 'hex')))
    .refine(({ length }) => length >= min && length <= max, { error: `expected ${min} to ${max} bytes` });

const scryptParams = z.object({
  n: z.number().int(),
  r: z.number().int().positive(),
  p: z.number().int().positive(),
  dklen: z.number().int().min(32).max(64),
  salt: hexBytes(1, 1_024),
});
const pbkdf2Params = z.object({
  c: z.number().int().positive().max(100_000_000),
  prf: z.literal('hmac-sha256'),
  dklen: z.number().int().min(32).max(64),
  salt: hexBytes(1, 1_024),
});
const cryptoSchema = z.intersection(
  z.object({
    cipher: z.literal('aes-128-ctr'),
    cipherparams: z.object({ iv: hexBytes(16, 16) }),
    ciphertext: hexBytes(32, 32),
    mac: hexBytes(32, 32),
  }),
  z.discriminatedUnion('kdf', [
    z.object({ kdf: z.literal('scrypt'), kdfparams: scryptParams }),
    z.object({ kdf: z.literal('pbkdf2'), kdfparams: pbkdf2Params }),
  ]),
);
/** Some programs write `Crypto`. */
const keystoreSchema = z.preprocess(
  (found) =>
    typeof found === 'object' && found !== null && 'Crypto' in found
      ? { ...found, crypto: found.Crypto }
      : found,
  z.object({ version: z.literal(3), address: z.string().optional(), crypto: cryptoSchema }),
);

type KeystoreCrypto = z.output<typeof cryptoSchema>;

/** What cannot be opened, with what to do. Never shows passphrase or key. */
export class KeystoreFault extends Error {}

/** The memory that unlocking may take. The usual parameters (n 2^18, r 8) take 256 MiB. */
const MAX_MEMORY_BYTES = 1024 * 1024 * 1024;
/** What geth and ethers write by default: about a second on a desktop. */
const STANDARD_SCRYPT = { n: 2 ** 18, r: 8, p: 1, dklen: 32 } as const;

const scryptAsync = promisify<Uint8Array, Uint8Array, number, object, Buffer>(scrypt);
const pbkdf2Async = promisify(pbkdf2);

/** The private key of a keystore's text. Throws a KeystoreFault for a wrong passphrase or a file that is none. */
export async function openKeystore(text: string, passphrase: Secret): Promise<Secret> {
  const { crypto, address } = parseKeystore(text);
  const derived = await derive(crypto, passphrase);
  const keccak = await loadKeccak();
  const mac = keccak(concatBytes([derived.subarray(16, 32), crypto.ciphertext]));
  if (!timingSafeEqual(mac, crypto.mac))
    throw new KeystoreFault('the passphrase is not that of the keystore');
  const decipher = createDecipheriv('aes-128-ctr', derived.subarray(0, 16), crypto.cipherparams.iv);
  const key = Buffer.concat([decipher.update(crypto.ciphertext), decipher.final()]);
  const secret = new Secret(`0x${key.toString('hex')}`);
  key.fill(0);
  derived.fill(0);
  const found = await addressOfKey(secret);
  if (address !== undefined && bare(address) !== '' && bare(address) !== bare(found))
    throw new KeystoreFault(`the keystore says that it holds ${address}, but it holds the key of ${found}`);
  return secret;
}

/** The address a keystore says that it holds, without opening it; null where it does not say. */
export function keystoreAddress(text: string): string | null {
  const { address } = parseKeystore(text);
  return address === undefined || bare(address) === '' ? null : `0x${bare(address)}`;
}

export interface SealOptions {
  /** Weaker parameters are for tests alone. */
  readonly scrypt?: { readonly n: number; readonly r: number; readonly p: number };
}

/** The text of a new keystore. Throws a RangeError for what is no private key. */
export async function sealKeystore(
  privateKey: Secret,
  passphrase: Secret,
  options: SealOptions = {},
): Promise<string> {
  const { address, keccak } = await openAccount(privateKey);
  const salt = Uint8Array.from(randomBytes(32));
  const iv = Uint8Array.from(randomBytes(16));
  const parameters = { ...STANDARD_SCRYPT, ...options.scrypt, salt };
  const derived = await scryptKey(parameters, passphrase);
  const cipher = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv);
  const key = Buffer.from(privateKey.reveal().replace(/^0x/, ''), 'hex');
  const ciphertext = Uint8Array.from(Buffer.concat([cipher.update(key), cipher.final()]));
  key.fill(0);
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const crypto = {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: hex(iv) },
    ciphertext: hex(ciphertext),
    kdf: 'scrypt',
    kdfparams: { ...parameters, salt: hex(salt) },
    mac: hex(keccak(concatBytes([derived.subarray(16, 32), ciphertext]))),
  };
  return `${JSON.stringify({ version: 3, id: randomUUID(), address: bare(address), crypto }, null, 2)}\n`;
}

const bare = (address: string): string => address.toLowerCase().replace(/^0x/, '');
/** The address of a key. Throws a KeystoreFault for what is none. */
export const addressOfKey = async (key: Secret): Promise<string> => {
  try {
    return (await openAccount(key)).address;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new KeystoreFault(
      "found no valid private key; expected 0x and 64 hex digits inside the curve's order",
    );
  }
};

function parseKeystore(text: string): z.output<typeof keystoreSchema> {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw new KeystoreFault('the file is not JSON; expected a keystore (Web3 Secret Storage, version 3)');
  }
  const parsed = keystoreSchema.safeParse(found);
  if (parsed.success) return parsed.data;
  throw new KeystoreFault(
    `the file is no keystore (Web3 Secret Storage, version 3): ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`,
  );
}

async function derive(crypto: KeystoreCrypto, passphrase: Secret): Promise<Uint8Array> {
  if (crypto.kdf === 'scrypt') return scryptKey(crypto.kdfparams, passphrase);
  const { c, dklen, salt } = crypto.kdfparams;
  return pbkdf2Async(passphraseBytes(passphrase), salt, c, dklen, 'sha256');
}

async function scryptKey(
  { n, r, p, dklen, salt }: z.output<typeof scryptParams>,
  passphrase: Secret,
): Promise<Uint8Array> {
  const memory = 128 * n * r + 128 * r * p;
  if (memory > MAX_MEMORY_BYTES || (n & (n - 1)) !== 0 || n < 2)
    throw new KeystoreFault(
      `the keystore asks for scrypt with n ${n}, r ${r}, p ${p}; expected n a power of two and at most ${MAX_MEMORY_BYTES} bytes of memory`,
    );
  // RFC 7914 wants n below 2^(16 r), and OpenSSL insists on it; the format's own example does not keep to it.
  if (n >= 2 ** (16 * r))
    return scryptOfWasm({
      password: passphraseBytes(passphrase),
      salt,
      costFactor: n,
      blockSize: r,
      parallelism: p,
      hashLength: dklen,
      outputType: 'binary',
    });
  return scryptAsync(passphraseBytes(passphrase), salt, dklen, { N: n, r, p, maxmem: memory + 1024 * 1024 });
}

/** UTF-8 of the passphrase in its composed form (NFKC), as the field has it. */
const passphraseBytes = (passphrase: Secret): Uint8Array =>
  Uint8Array.from(Buffer.from(passphrase.reveal().normalize('NFKC'), 'utf8'));
