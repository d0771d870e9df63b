import type { TextShape } from './row.ts';

/** Order of the secp256k1 group; a private key is a number from 1 to one less than this. */
const CURVE_ORDER = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141';

export const privateKeyHex: TextShape = {
  expected: '64 hexadecimal digits, with or without 0x, that are a valid secp256k1 key',
  accepts: (text) => {
    const digits = text.replace(/^0x/, '').toLowerCase();
    // Texts of the same length compare like the numbers they spell.
    return /^[0-9a-f]{64}$/.test(digits) && /[1-9a-f]/.test(digits) && digits < CURVE_ORDER;
  },
};

export const uuidText: TextShape = {
  expected: 'a UUID such as 123e4567-e89b-12d3-a456-426614174000',
  accepts: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
};

export const base64Text: TextShape = {
  expected: 'base64 or base64url text',
  accepts: (text) => /^[A-Za-z0-9+/_-]+={0,2}$/.test(text),
};

export const botTokenText: TextShape = {
  expected: 'a bot token as BotFather gives it: digits, a colon, then letters and digits',
  accepts: (text) => /^\d+:[A-Za-z0-9_-]+$/.test(text),
};

export const chatIdText: TextShape = {
  expected: 'a numeric chat id (negative for groups), or @ and a channel name',
  accepts: (text) => /^(-?\d+|@\w+)$/.test(text),
};

export const bridgeTokenText: TextShape = {
  expected: 'at least 16 characters, and not the example token of the documentation',
  accepts: (text) => text.length >= 16 && !text.startsWith('change-me'),
};

export const filePathText: TextShape = {
  expected: 'a file system path without control characters',
  accepts: (text) => ![...text].some((character) => character < ' '),
};
