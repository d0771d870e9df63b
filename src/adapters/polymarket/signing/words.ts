/** Bytes in one ABI word. */
export const WORD = 32;

/** Writes a whole number below 2^53 as the 32-byte word at `offset`, which must hold zeros above the last 8 bytes. */
export function writeUint(target: DataView, offset: number, value: number): void {
  const high = Math.floor(value / 0x1_0000_0000);
  target.setUint32(offset + WORD - 8, high);
  target.setUint32(offset + WORD - 4, value - high * 0x1_0000_0000);
}

/** Copies 20 address bytes, right-aligned, into the word at `offset`. */
export function writeAddress(target: Uint8Array, offset: number, address: Uint8Array): void {
  target.set(address, offset + WORD - address.length);
}

/** The 32 bytes of a decimal uint256. Throws a RangeError for anything else. */
export function uint256FromDecimal(text: string): Uint8Array {
  if (!/^\d{1,78}$/.test(text))
    throw new RangeError(`expected a decimal uint256, found ${JSON.stringify(text.slice(0, 90))}`);
  const digits = BigInt(text).toString(16);
  if (digits.length > WORD * 2) throw new RangeError(`expected a number below 2^256, found ${text}`);
  return Uint8Array.from(Buffer.from(digits.padStart(WORD * 2, '0'), 'hex'));
}

/** Joins byte runs. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
