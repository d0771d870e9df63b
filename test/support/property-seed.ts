import fc from 'fast-check';

/**
 * Every property draws from one seed, so that `./run test` finds the same twice: a red run is then the fault of the
 * change, not of the draw. `./run test:seeds` looks further, with a new seed each time.
 */
const FIXED = 20_261_122;
const asked = process.env.EVENKEEL_TEST_SEED;
const seed = asked === undefined ? FIXED : Number(asked);
if (!Number.isSafeInteger(seed)) throw new Error(`EVENKEEL_TEST_SEED is "${asked}"; expected a whole number`);
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
