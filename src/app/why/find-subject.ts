import type { Market } from '../../domain/market.ts';
import type { ClientId, OrderId } from '../../domain/order.ts';
import type { Command, Input } from '../../kernel/messages.ts';
import type { JournalEntry } from '../../ports/journal.ts';
import type { KnownRun } from './run-chain.ts';
import { scanJournal } from './scan-journal.ts';

export type NamedMarket = Pick<Market, 'conditionId' | 'slug' | 'question'>;

/** What a person may have meant. */
export type Subject =
  | {
      readonly kind: 'order';
      readonly clientId: ClientId;
      readonly orderId: OrderId | null;
      readonly run: KnownRun;
    }
  | { readonly kind: 'market'; readonly market: NamedMarket; readonly run: KnownRun };

/** Enough to look at: beyond it the list of candidates says nothing any more. */
const MOST_CANDIDATES = 200;
const SEARCHED_KINDS = new Set(['place', 'ordersPrepared', 'marketsListed']);

/**
 * Every order and market of one run that a word may mean: our own name of an order (`o-17`), the beginning of an order id or a
 * condition id, a slug, or a part of a slug or question. A whole name wins over parts of names.
 */
export async function findSubjects(
  run: KnownRun,
  word: string,
  untilMs: number,
  onProgress: (bytes: number) => void,
): Promise<Subject[]> {
  const term = word.trim().toLowerCase();
  const isHash = /^0x[0-9a-f]*$/.test(term);
  const orders = new Map<ClientId, OrderId | null>();
  const named = new Set<ClientId>();
  const markets = new Map<string, NamedMarket>();
  const take = ({ body }: JournalEntry): void => {
    const entry = body as Input | Command;
    if (entry.kind === 'place')
      for (const { request } of entry.orders) if (request.clientId === term) named.add(request.clientId);
    if (entry.kind === 'ordersPrepared')
      for (const [clientId, orderId] of entry.orders)
        if (clientId === term || (isHash && orderId.toLowerCase().startsWith(term)))
          orders.set(clientId, orderId);
    if (entry.kind === 'marketsListed')
      for (const { conditionId, slug, question } of entry.markets)
        if (meansMarket({ conditionId, slug, question }, term, isHash))
          markets.set(conditionId, { conditionId, slug, question });
  };
  await scanJournal(run.directory, {
    untilMs,
    onProgress,
    onEntry: take,
    wants: (kind) => SEARCHED_KINDS.has(kind) && markets.size + orders.size < MOST_CANDIDATES,
  });
  for (const clientId of named) if (!orders.has(clientId)) orders.set(clientId, null);
  const found: Subject[] = [
    ...[...orders].map(([clientId, orderId]) => ({ kind: 'order' as const, clientId, orderId, run })),
    ...[...markets.values()].map((market) => ({ kind: 'market' as const, market, run })),
  ];
  const whole = found.filter((subject) => isWhole(subject, term));
  return whole.length > 0 ? whole : found;
}

function meansMarket({ conditionId, slug, question }: NamedMarket, term: string, isHash: boolean): boolean {
  if (isHash) return conditionId.toLowerCase().startsWith(term);
  return slug.toLowerCase().includes(term) || question.toLowerCase().includes(term);
}

function isWhole(subject: Subject, term: string): boolean {
  if (subject.kind === 'order') return subject.clientId === term || subject.orderId?.toLowerCase() === term;
  const { conditionId, slug, question } = subject.market;
  return [conditionId, slug, question].some((name) => name.toLowerCase() === term);
}
