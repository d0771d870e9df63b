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
  if (id !== '' && id !== expected)
    return unknown('foreignOrderId', `the venue names order ${id}, our hash is ${expected}`);
  if (success === true && reason === '') {
    if (id === '') return unknown('emptyOrderId', 'the venue says success and names no order');
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

/**
 * Reads the answers to a batch, which come in the order of its orders. A refusal names no order, so it is known by its place alone:
 * once one answer stands in another's place, a refusal may be anybody's, and the order in its place may live.
 */
export function parseBatchAnswers(entries: readonly unknown[], expected: readonly OrderId[]): OrderAnswer[] {
  const answers = expected.map((orderId, index) => parseOrderAnswer(entries[index], orderId));
  const isMixedUp = answers.some((answer) => answer.result === 'unknown' && answer.code === 'foreignOrderId');
  if (!isMixedUp) return answers;
  return answers.map((answer) =>
    answer.result === 'rejected'
      ? unknown(
          'foreignOrderId',
          `the answers of the batch are mixed up; in this one's place: ${answer.text}`,
        )
      : answer,
  );
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
