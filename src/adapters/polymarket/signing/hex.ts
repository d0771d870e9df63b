/** 0x and hex digits. */
export type Hex = `0x${string}`;

/** Bytes of 0x hex text; throws a RangeError that shows no more than the length, since the text may be a secret. */
export function hexToBytes(text: string, expectedBytes?: number): Uint8Array<ArrayBuffer> {
  const digits = text.startsWith('0x') ? text.slice(2) : text;
  const isHex = digits.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(digits);
  if (!isHex || (expectedBytes !== undefined && digits.length !== expectedBytes * 2)) {
    const wanted = expectedBytes === undefined ? 'an even number of' : String(expectedBytes * 2);
    throw new RangeError(`expected 0x and ${wanted} hex digits, found text of length ${text.length}`);
  }
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}

export const bytesToHex = (bytes: Uint8Array): Hex =>
  `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;
