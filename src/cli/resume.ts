import { operate } from './operate.ts';

/** `./run resume` lifts what an operator has paused, reduced or halted, and a halt for drawdown, in the running worker. */
await operate({
  order: 'resume',
  usage: './run resume [--reason TEXT] [--yes] [--data DIR] [--json]',
  withoutWorker: 'Nothing was resumed; ./run start --resume starts a worker without the halt.',
});
