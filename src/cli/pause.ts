import { operate } from './operate.ts';

/** `./run pause` has the running worker take its quotes out of the book and wait; it keeps its books and its sockets. */
await operate({
  order: 'pause',
  usage: './run pause [--reason TEXT] [--data DIR] [--json]',
  withoutWorker: 'Nothing was paused; ./run kill cancels orders without a worker.',
});
