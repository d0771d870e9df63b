/** A refusal the venue answers with: a status and the exact text clients match on. */
export class VenueRefusal extends Error {
  readonly statusCode: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(statusCode: number, text: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(text);
    this.name = 'VenueRefusal';
    this.statusCode = statusCode;
    this.body = { error: text, ...extra };
  }
}

export const badRequest = (text: string): VenueRefusal => new VenueRefusal(400, text);
export const unauthorized = (): VenueRefusal => new VenueRefusal(401, 'Unauthorized/Invalid api key');
export const invalidL1Headers = (): VenueRefusal => new VenueRefusal(401, 'Invalid L1 Request headers');
export const notFound = (text: string): VenueRefusal => new VenueRefusal(404, text);
