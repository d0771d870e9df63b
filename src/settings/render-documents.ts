import type { Row } from './row.ts';
import {
  groupsNotYetRead,
  groupTitles,
  type PlacedRow,
  placedRows,
  type SettingGroup,
  settingsNotYetRead,
} from './table.ts';

const BANNER = 'Made from src/settings by `npm run generate`. Change the table, not this file.';

const NOT_YET_READ = 'Checked at start, but without effect yet: the part that reads these is still to come.';

/** The text of `.env.example`: every setting with its sentence, commented out at its default. */
export function renderEnvExample(): string {
  const head = [
    `# ${BANNER}`,
    '# Copy to .env and set what differs. An empty value means the default.',
    '# Whoever can read .env can take the account: keep it out of version control and readable by you alone.',
  ];
  const blocks = groups().map(([group, rows]) => {
    const lines = rows.flatMap(({ row }) => [
      '',
      ...wrap(sentenceOf(row), 110).map((line) => `# ${line}`),
      `# ${boundsOf(row)}`,
      exampleLine(row),
    ]);
    return [
      '',
      `# ---- ${groupTitles[group]} ----`,
      ...(groupsNotYetRead.has(group) ? [`# ${NOT_YET_READ}`] : []),
      ...lines,
    ].join('\n');
  });
  return `${[...head, ...blocks].join('\n')}\n`;
}

/** The text of `docs/settings.md`: one table a group. */
export function renderSettingsPage(): string {
  const head = [
    '# Settings',
    '',
    `<!-- ${BANNER} -->`,
    '',
    `Settings come from the environment and from a file \`.env\` in the project folder; the environment wins. There are ${placedRows.length}.`,
    'An empty value means the default. A value out of bounds, an unknown name that starts like ours, and two settings that',
    'contradict each other are refused at start, all of them in one list. `./run settings` prints what is in force, and',
    '`./run settings explain NAME` explains one. `./run settings set NAME VALUE` changes one in the running worker or for the next',
    'start, without `.env` ([operating.md](operating.md) says which and how).',
    '',
    '1 point (pts) is 1 cent of price. *Applies* says whether a change takes effect at the next start or in the running worker.',
    'A setting whose text says "Added" is not in the original specification; the text says why it is here.',
  ];
  const tables = groups().map(([group, rows]) =>
    [
      '',
      `## ${groupTitles[group]}`,
      '',
      ...(groupsNotYetRead.has(group) ? [NOT_YET_READ, ''] : []),
      '| Name | Default | Bounds | Applies | What it does |',
      '| --- | --- | --- | --- | --- |',
      ...rows.map(
        ({ row }) =>
          `| \`${row.env}\` | ${row.default === null ? '(not set)' : `\`${row.default}\``} | ${boundsOf(row)} | ${row.apply === 'live' ? 'live' : 'start'} | ${sentenceOf(row)} |`,
      ),
    ].join('\n'),
  );
  return `${[...head, ...tables].join('\n')}\n`;
}

/** What a setting does, and whether it does so already. */
const sentenceOf = (row: Row): string =>
  settingsNotYetRead.has(row.env) ? `${row.doc} Without effect yet.` : row.doc;

function groups(): [SettingGroup, PlacedRow[]][] {
  const byGroup = new Map<SettingGroup, PlacedRow[]>();
  for (const placed of placedRows) byGroup.set(placed.group, [...(byGroup.get(placed.group) ?? []), placed]);
  return [...byGroup];
}

function boundsOf(row: Row): string {
  switch (row.kind) {
    case 'number':
    case 'int':
      return `${row.min} to ${row.max} ${row.unit}${row.kind === 'int' ? ', whole' : ''}`;
    case 'bool':
      return 'true or false';
    case 'enum':
      return row.values.join(', ');
    case 'text':
      return 'text';
    case 'secret':
      return 'secret';
    case 'url':
      return `URL (${row.schemes.join(', ')})`;
    case 'address':
      return 'address';
  }
}

const exampleLine = (row: Row): string =>
  row.default === null ? `${row.env}=` : `# ${row.env}=${row.default}`;

function wrap(sentence: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of sentence.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
