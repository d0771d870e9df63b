/** Rows of comma-separated text (RFC 4180): quoted fields may hold commas, line ends and doubled quotes. Empty lines are left out. */
export function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const [field, next] = text[at] === '"' ? quotedAt(text, at) : plainAt(text, at);
    row.push(field);
    const ends = text[next] !== ',';
    at = next + (text[next] === '\r' && text[next + 1] === '\n' ? 2 : 1);
    if (!ends) {
      if (at >= text.length) row.push('');
      else continue;
    }
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

function plainAt(text: string, from: number): readonly [field: string, next: number] {
  let next = from;
  while (next < text.length && text[next] !== ',' && text[next] !== '\n' && text[next] !== '\r') next += 1;
  return [text.slice(from, next), next];
}

function quotedAt(text: string, from: number): readonly [field: string, next: number] {
  let field = '';
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return [field + text.slice(at), text.length];
    field += text.slice(at, quote);
    if (text[quote + 1] !== '"') return [field, quote + 1];
    field += '"';
    at = quote + 2;
  }
}
