import { z } from 'zod';

/** The line `./run venue` prints when it is ready. */
const schema = z.object({
  ready: z.literal(true),
  clob: z.url(),
  wsMarket: z.url(),
  wsUser: z.url(),
  gamma: z.url(),
  data: z.url(),
  rpc: z.url(),
  chainId: z.number().int(),
  contracts: z.record(z.string(), z.string()),
  /** Only where the venue publishes prices of coins. */
  prices: z.object({ polybolt: z.url(), rtds: z.url(), binance: z.url(), coingecko: z.url() }).optional(),
  accounts: z.array(z.object({ address: z.string(), privateKey: z.string() })).min(1),
});

export type VenueReady = z.infer<typeof schema>;

/** Throws with what is wrong where the line is not what a venue prints. */
export function parseVenueReady(line: string): VenueReady {
  const parsed = schema.safeParse(JSON.parse(line));
  if (!parsed.success) throw new Error(`the venue's ready line: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
