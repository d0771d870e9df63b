/** A full stop that ends a sentence, with or without a closing quote: not that of "12 p.m." or "e.g.". */
const SENTENCE_END = /(?<=(?<!\b[a-z])\.["')]?)\s+|(?<=[;!?]["')]?)\s+/i;
const SET_ASIDE =
  /\b(?:not|never) (?:be )?(?:considered|used|counted|relevant|taken into account)\b|\b(?:is|are) irrelevant\b/i;
/** Words with which rules say what does decide: a sentence with them before the denial is no mere denial. */
const DECIDING =
  /\b(?:resolv\w*|resolutions?|settl\w*|decid\w*|determin\w*|according to|based|depends?|uses?|used|using|counts?|only)\b/i;

/**
 * The rules without what they name to leave it out: "not according to other pairs", "BTC/EUR will not be considered". What is said
 * before such words in the same sentence stays where it tells what decides.
 */
export function withoutSetAside(text: string): string {
  return text.split(SENTENCE_END).map(keptOf).join(' ');
}

function keptOf(sentence: string): string {
  const at = sentence.search(SET_ASIDE);
  if (at >= 0 && !DECIDING.test(sentence.slice(0, at))) return '';
  return sentence
    .replace(/\bnot according to\b.*$/i, '')
    .replace(/\bregardless of\b[^,.;]*/gi, '')
    .replace(
      /\b(other|different) (?:trading )?pairs?\s*(?:\([^)]{0,200}\)|,?\s*(?:such as|like|e\.g\.).*$)/i,
      '$1',
    );
}

const COUNT = String.raw`(?:\d{1,4}|two|three|four|five|six|seven|ten|twelve|several|multiple)`;
const PAID =
  'outcomes?|sides?|labels?|tokens?|shares?|market|resolution|"?(?:yes|up)"?(?: and |/)"?(?:no|down)"?';
const TURNED = '(?:swapped|reversed|inverted|switched|flipped)';
/** What no payoff here pays on: all candles of a window, a price that has to hold, a mean of days, several exchanges, or outcomes that changed places. */
const OTHER_TERMS = [
  /\b(?:every|each)\b[^.;]{0,60}\bcandles?\b|\ball\b[^.;]{0,60}\bcandles (?:have|close|stay)\b/i,
  /\bconsecutive(?:ly)?\b|\bin a row\b|\bstraight (?:minutes|hours|days|weeks|candles)\b|\btwice\b/i,
  new RegExp(
    String.raw`\b(?:stay|remain|hold)(?:s|ing)? [^.;]{0,60}\bfor (?:at least )?${COUNT} (?:straight |full )?(?:seconds?|minutes?|hours?|days?|weeks?)\b`,
    'i',
  ),
  /\b\d{1,4}[- ](?:day|week|hour)s?[- ](?:moving )?average\b|\bmoving average\b/i,
  new RegExp(
    String.raw`\b(?:on|across) (?:both\b|(?:at least |more than )?${COUNT}(?: or more)?(?: other| different)? (?:exchanges|venues)\b)|\b${COUNT} (?:out )?of (?:the |those )?${COUNT} (?:minutes|hours|days|weeks|candles)\b`,
    'i',
  ),
  new RegExp(
    String.raw`\b(?:${PAID})(?![\w-])[^.;]{0,40}\b${TURNED}\b|\b${TURNED}\b[^.;]{0,40}\b(?:outcomes?|yes|no)\b`,
    'i',
  ),
  new RegExp(String.raw`"(?:yes|no|up|down)"[^.;]{0,40}\b${TURNED}\b`, 'i'),
];

export function otherTermIn(text: string): string | null {
  for (const pattern of OTHER_TERMS) {
    const [found] = pattern.exec(text) ?? [];
    if (found !== undefined) return found;
  }
  return null;
}
