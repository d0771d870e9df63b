import type { FromTickContender, TickContender } from './tick-messages.ts';
import { startTickPeer } from './tick-peer.ts';
import { startTickWorker } from './tick-worker.ts';

/**
 * One contender of the `tick-to-order` bar, as a process of its own, so that none pays for the garbage of another. Arguments: its
 * name, the server's port, the number of markets, and the folder of our worker's journal. Any message ends it.
 */
const [name, port, markets, journalDirectory] = process.argv.slice(2) as [
  TickContender,
  string,
  string,
  string,
];

const send = (message: FromTickContender): void => {
  process.send?.(message);
};
const onSettled = (): void => send({ kind: 'settled' });
const onWrong = (error: unknown): void =>
  send({ kind: 'wrong', text: error instanceof Error ? (error.stack ?? error.message) : String(error) });

const contender =
  name === 'ours'
    ? await startTickWorker({
        port: Number(port),
        markets: Number(markets),
        journalDirectory,
        onSettled,
        onWrong,
      })
    : startTickPeer(name, Number(port), Number(markets), onSettled, onWrong);
process.once('message', async () => {
  await contender.close();
  process.disconnect();
});
await contender.ready;
send({ kind: 'ready' });
