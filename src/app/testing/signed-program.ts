import { connectSigner } from '../../signer/index.ts';

/**
 * Stands in for the worker in tests of who supervises it: tells what it can see on standard error, and does what its arguments say.
 */
const say = (what: object): void => {
  process.stderr.write(`${JSON.stringify(what)}\n`);
};
const signer = await connectSigner({
  onLost: (text) => {
    say({ lost: text });
    process.exit(3);
  },
  onWord: (word) => {
    say({ word });
    if (word === 'abort') process.exit(4);
  },
});
const env = Object.keys(process.env).filter((name) => /^(POLYMARKET|MM)_/.test(name));
say({ address: signer.address, pid: process.pid, env: env.sort(), args: process.argv.slice(2) });
if (process.argv.includes('--end')) process.exit(7);
if (process.argv.includes('--kill')) process.kill(process.pid, 'SIGKILL');
// Waits for a word, or for the end of its signer.
setInterval(() => undefined, 1_000);
