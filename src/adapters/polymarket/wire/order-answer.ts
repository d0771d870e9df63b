import type { OrderAnswer, OrderId } from '../../../domain/order.ts';
import { classify } from '../retry-class.ts';

/**
 * Reads the venue's answer to one order of a batch. Only an answer that cannot be misread is live, matched, delayed,
 * unmatched or rejected; everything contradictory or incomplete is `unknown`, since the order may exist.
 */
export function parseOrderAnswer(entry: unknown, expected: OrderId): OrderAnswer {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    return unknown('garbageAnswer', `expected an object for the order, found ${JSON.stringify(entry)}`);
  const { success, errorMsg, orderID, status, error } = entry as Record<string, unknown>;
  const reason = firstText(errorMsg, error);
  const id = typeof orderID === 'string' ? orderID.toLowerCase() : '';
  const word = typeof status === 'string' ? status.toLowerCase() : '';
  const claimsLife = id === expected && isResult(word);
  if (success === true && reason === '') {
    if (id === '') return unknown('emptyOrderId', 'the venue says success and names no order');
    if (id !== expected)
      return unknown('foreignOrderId', `the venue names order ${id}, our hash is ${expected}`);
    if (!isResult(word)) return unknown('garbageAnswer', `unknown order status ${JSON.stringify(status)}`);
    return { result: word };
  }
  if (success !== true && success !== false && reason === '')
    return unknown('garbageAnswer', `expected success true or false, found ${JSON.stringify(success)}`);
  if (claimsLife)
    return unknown('contradiction', `the venue says ${JSON.stringify(reason)} and status ${word} at once`);
  const text = reason === '' ? 'the venue refused the order and gave no reason' : reason;
  return refusalAnswer(text);
}

/** A refusal text as an answer: most leave no order behind, some may. */
export function refusalAnswer(text: string): OrderAnswer {
  const found = classify({ kind: 'refusal', text });
  return found.write === 'reconcileFirst'
    ? unknown(found.code, text)
    : { result: 'rejected', code: found.code, text };
}

const unknown = (code: string, text: string): OrderAnswer => ({ result: 'unknown', code, text });

const isResult = (word: string): word is 'live' | 'matched' | 'delayed' | 'unmatched' =>
  word === 'live' || word === 'matched' || word === 'delayed' || word === 'unmatched';

const firstText = (...candidates: readonly unknown[]): string => {
  for (const candidate of candidates)
    if (typeof candidate === 'string' && candidate.trim() !== '') return candidate;
  return '';
};
