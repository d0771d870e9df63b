/** `./run help` lists the commands. `test/tidy.test.ts` holds the list against the scripts of package.json. */
const sections: ReadonlyArray<
  readonly [title: string, commands: ReadonlyArray<readonly [usage: string, what: string]>]
> = [
  [
    'Try it, without an account and without money',
    [
      [
        'demo [--minutes N] [--seed S] [--crypto]',
        'chain, venue, traders and worker together on this machine',
      ],
      ['venue [--port P] [--rpc-port R] [--seed S]', 'the local venue alone'],
      ['simulate [--seeds A..B] [--hours H]', 'the core in virtual time, one line a seed'],
      ['compare-engines [--seeds A..B] [--hours H]', 'every engine on the same simulated markets'],
    ],
  ],
  [
    'Trade',
    [
      [
        'keystore create|import|address|check FILE',
        'makes or looks at the encrypted file that holds the key',
      ],
      ['doctor', 'checks settings, key, allowances, clock and venue, and says what to do'],
      [
        'start [--yes] [--approve] [--resume]',
        'runs the worker against what .env says; asks before production',
      ],
      ['status', 'what the running worker is doing'],
      [
        'portfolio [--data DIR] [--offline] [--json]',
        'positions, cash and profit, and whether chain and Data API agree',
      ],
      [
        'performance [--data DIR] [--json]',
        'how markets and forecasts turned out, with intervals and counts',
      ],
      ['stop', 'cancels every order, confirms it, and ends the worker'],
      [
        'kill [--on-chain] [--reason TEXT]',
        'cancels every order though the worker hangs, and halts; --on-chain pauses the account there too',
      ],
      ['kill --undo-on-chain [--yes]', 'takes a pause on chain back'],
      ['pause [--reason TEXT]', 'takes every quote out of the book and waits; the worker stays up'],
      ['resume [--reason TEXT] [--yes]', 'lifts a pause or a halt in the running worker'],
      ['settings [explain NAME]', 'what is in force, or what one setting means'],
      [
        'settings set NAME VALUE [--reason TEXT]',
        'changes a setting, in the running worker where it can; it stays',
      ],
      ['settings unset NAME', 'goes back to what .env says'],
      ['settings changes', 'what differs from .env, since when, by whom, why'],
      ['replay DIR', 'replays a journal and compares every output'],
      ['rebuild-tables [--data DIR]', 'makes the tables anew from the journals of all runs'],
      ['parse-questions FILE', 'what each question pays on, from JSON lines; needs no settings and no model'],
      ['why ORDER|MARKET', 'why an order exists and what became of it, or why a market is not quoted'],
    ],
  ],
  [
    'Develop',
    [
      ['test [FILTER]', 'all checks and tests; with a filter only those tests'],
      ['test:slow', 'the long tests'],
      ['test:seeds [COUNT]', 'all property tests, each round from a new seed'],
      ['lint', 'style and banned globals'],
      ['format', 'formats every file'],
      ['typecheck', 'types'],
      ['cruise', 'who imports whom'],
      ['generate [--check]', 'makes .env.example and docs/settings.md from the table of settings'],
      ['contracts', 'compiles the contracts of the local chain'],
      [
        'calibrate --markets FILE --prices DIR',
        'what the directional model says of recorded markets, and what happened',
      ],
      ['bench [NAME]', 'speed, as ratios measured in one run'],
      ['help', 'this list'],
    ],
  ],
];

console.log('evenkeel: an autonomous trading worker for Polymarket\n');
for (const [title, commands] of sections) {
  console.log(title);
  for (const [usage, what] of commands) console.log(`  ./run ${usage.padEnd(44)} ${what}`);
  console.log('');
}
console.log(
  'Most commands take --json; the last line of output is then one JSON object. Exit code 2 means bad input.',
);
