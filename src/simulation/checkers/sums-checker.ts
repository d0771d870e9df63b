import { sumsResidual } from '../../kernel/account-risk.ts';
import { type CheckedStep, type Checker, Violation } from './checker.ts';

/** Where nothing is sent, nobody asks the sums; they are looked at this often all the same. */
const LOOK_EVERY_MS = 5_000;

/** The sums over the whole account that the gate relies on are what adding every market up gives, whenever an order has just been sent. */
export function sumsChecker(): Checker {
  let lookedAtMs = 0;
  return {
    name: 'sums',
    afterStep({ atMs, commands, state }: CheckedStep) {
      if (atMs - lookedAtMs < LOOK_EVERY_MS && !commands.some(({ kind }) => kind === 'place')) return;
      lookedAtMs = atMs;
      const residual = sumsResidual(state);
      if (residual !== 0)
        throw new Violation(
          'sums',
          'exposure and holdings as adding them up gives',
          `${residual} micro-USD off`,
        );
    },
  };
}
