import { describe, expect, it } from 'vitest';
import { classify, RETRY_TABLE } from './retry-class.ts';

describe('the retry table of the Messages API', () => {
  it.each([
    [400, 'Your credit balance is too low to access the API', 'outOfCredit', 'later'],
    [400, 'max_tokens: too large', 'invalidRequest', 'never'],
    [401, 'invalid x-api-key', 'unauthorized', 'never'],
    [402, 'payment required', 'outOfCredit', 'later'],
    [403, 'not allowed', 'forbidden', 'never'],
    [404, 'model: claude-of-yesterday', 'noSuchModel', 'never'],
    [404, 'Not Found', 'notFound', 'never'],
    [408, '', 'timeout', 'later'],
    [413, 'request_too_large', 'questionTooLarge', 'never'],
    [418, '', 'refused', 'never'],
    [429, 'rate limit', 'rateLimited', 'later'],
    [500, 'api_error', 'analystFault', 'later'],
    [503, '', 'analystFault', 'later'],
    [504, '', 'timeout', 'later'],
    [529, 'Overloaded', 'overloaded', 'later'],
    [302, '', 'unexpectedStatus', 'later'],
  ])('%i with "%s" is %s, again %s', (status, text, code, retry) => {
    expect(classify(status, text)).toMatchObject({ code, retry });
  });

  it('has no row that another one hides', () => {
    const reached = new Set<unknown>();
    for (let status = 0; status < 1_000; status += 1)
      for (const text of ['', 'credit balance is too low', 'model']) reached.add(classify(status, text));
    expect(RETRY_TABLE.filter((row) => !reached.has(row))).toEqual([]);
  });
});
