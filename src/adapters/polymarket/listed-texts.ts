import type { ListedTexts } from '../../domain/market.ts';
import type { WireObject } from './wire/fields.ts';

/** Longer than any of these texts is; the parser of questions takes at most 500 characters of one. */
const MOST_CHARACTERS = 500;

/**
 * What a listing says of a crypto market beside its question. A text that is no text or longer than any real one makes it say nothing:
 * a price is worked out from all that is listed or not at all, since what is left out could have contradicted the rest.
 */
export function listedTextsOf(row: WireObject, parent: WireObject | null): { about?: ListedTexts } {
  const texts = Object.entries({
    eventTitle: parent?.title,
    groupItemTitle: row.groupItemTitle,
    resolutionSource: row.resolutionSource,
    eventStartTime: row.eventStartTime,
    endDate: row.endDate,
  }).filter(([, value]) => value !== undefined && value !== null && value !== '');
  if (!texts.every(([, value]) => typeof value === 'string' && value.length <= MOST_CHARACTERS)) return {};
  return { about: { ...Object.fromEntries(texts), ...twapOf(row.cryptoMarketConfig) } };
}

/** Nothing where the listing has no such field: markets of other kinds and of earlier years have none. */
function twapOf(config: unknown): Pick<ListedTexts, 'twapLookbackSeconds'> {
  if (config === undefined || config === null) return {};
  const { twapEnabled, twapLookbackSeconds: seconds } = Object(config) as WireObject;
  if (twapEnabled === false) return { twapLookbackSeconds: null };
  const isNamed = typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0;
  return { twapLookbackSeconds: isNamed ? seconds : 0 };
}
