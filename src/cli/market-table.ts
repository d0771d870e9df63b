import type { QuotedMarket } from '../app/index.ts';

const price = (value: number | null): string => (value === null ? '-' : value.toFixed(3)).padStart(6);
const shares = (value: number): string => (value === 0 ? '' : value.toFixed(1)).padStart(7);

/** The markets as lines: the book's touch, our quotes, and inventory (final, with what is not final yet after a +). */
export function marketTable(markets: readonly QuotedMarket[], width: number): string[] {
  const nameWidth = Math.max(16, width - 78);
  const head = `${'market'.padEnd(nameWidth)}   book bid    ask | our bid   size     ask    size |  YES held  NO held`;
  return [
    head,
    ...[...markets].sort((a, b) => (a.slug < b.slug ? -1 : 1)).map((row) => line(row, nameWidth)),
  ];
}

function line({ slug, book, ours, inventory, notQuotedBecause }: QuotedMarket, nameWidth: number): string {
  const name = slug.length > nameWidth ? `${slug.slice(0, nameWidth - 1)}…` : slug.padEnd(nameWidth);
  const touch = `${book.live ? ' ' : '!'} ${price(book.bid)} ${price(book.ask)}`;
  const quotes =
    ours.bid === null && ours.ask === null && notQuotedBecause !== null
      ? notQuotedBecause.slice(0, 32).padEnd(32)
      : ` ${price(ours.bid)} ${shares(ours.bidShares)}  ${price(ours.ask)} ${shares(ours.askShares)} `;
  const held = (final: number, net: number): string =>
    `${final === 0 && net === 0 ? '' : final.toFixed(1)}${net === final ? '' : `${net > final ? '+' : ''}${(net - final).toFixed(1)}`}`;
  return `${name} ${touch} | ${quotes}| ${held(inventory.yesFinal, inventory.yesNet).padStart(9)} ${held(inventory.noFinal, inventory.noNet).padStart(9)}`;
}
