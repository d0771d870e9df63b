/** Taylor terms of the first, short step: with its norm at most a half, the 18th term is below one part in 10^21. */
const TAYLOR_TERMS = 18;
const SHORT_STEP = 0.5;

/**
 * w = exp(B t) start, up to a positive factor, for the symmetric tridiagonal B with `-decay[i]` on the diagonal and `hops[i]`
 * between states i and i + 1. Returned scaled so that its largest entry is 1; entries under 1e-308 come out as 0.
 *
 * Everything added here is positive: B is split into -c I, which is only a factor, and a matrix without negative entries, whose
 * exponential over a short step is a Taylor sum and over a long one that sum squared again and again. So each entry is right to
 * about 1e-16 of itself times the norm of B t, however small it is beside the others, which eigenvectors would not give.
 *
 * @param decay  rates of n states, 1/time, at least 0
 * @param hops   n - 1 rates between neighbours, 1/time, above 0
 * @param start  n positive numbers
 * @param t      time, at least 0
 */
export function tridiagonalExponential(
  decay: Float64Array,
  hops: Float64Array,
  start: Float64Array,
  t: number,
): Float64Array {
  const n = decay.length;
  const fastest = Math.max(...decay);
  const norm = (fastest + 2 * Math.max(0, ...hops)) * t;
  const doublings = Math.max(0, Math.ceil(Math.log2(norm / SHORT_STEP)));
  // The last doublings are cheaper as products with the vector: n products of n^2 cost what one of n^3 does.
  const asProducts = Math.min(doublings, Math.floor(Math.log2(n)));
  let matrix = shortStep(decay, hops, t / 2 ** doublings, fastest);
  let next = new Float64Array(n * n);
  for (let count = asProducts; count < doublings; count += 1) {
    square(matrix, next, n);
    [matrix, next] = [next, matrix];
  }
  let w = start;
  for (let count = 2 ** asProducts; count > 0; count -= 1) w = times(matrix, w);
  return w;
}

/** exp of (B + fastest I) step, summed without a single subtraction of two sums. */
function shortStep(decay: Float64Array, hops: Float64Array, step: number, fastest: number) {
  const n = decay.length;
  const sum = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) sum[i * n + i] = 1;
  let term = sum.slice();
  for (let order = 1; order <= TAYLOR_TERMS; order += 1) {
    const next = new Float64Array(n * n);
    for (let i = 0; i < n; i += 1) {
      const stay = (fastest - (decay[i] as number)) * step;
      const up = (hops[i] ?? 0) * step;
      const down = (hops[i - 1] ?? 0) * step;
      for (let j = 0; j < n; j += 1) {
        const below = i > 0 ? (term[(i - 1) * n + j] as number) : 0;
        const above = i < n - 1 ? (term[(i + 1) * n + j] as number) : 0;
        next[i * n + j] = (stay * (term[i * n + j] as number) + down * below + up * above) / order;
      }
    }
    for (let at = 0; at < sum.length; at += 1) sum[at] = (sum[at] as number) + (next[at] as number);
    term = next;
  }
  return sum;
}

/** `into` = matrix^2, scaled to a largest entry of 1. The matrix is symmetric, so rows stand in for columns. */
function square(matrix: Float64Array, into: Float64Array, n: number): void {
  let largest = 0;
  for (let i = 0; i < n; i += 1) {
    for (let j = i; j < n; j += 1) {
      let sum = 0;
      for (let m = 0; m < n; m += 1) sum += (matrix[i * n + m] as number) * (matrix[j * n + m] as number);
      into[i * n + j] = sum;
      into[j * n + i] = sum;
      if (sum > largest) largest = sum;
    }
  }
  for (let at = 0; at < into.length; at += 1) into[at] = (into[at] as number) / largest;
}

function times(matrix: Float64Array, w: Float64Array): Float64Array {
  const n = w.length;
  const product = new Float64Array(n);
  let largest = 0;
  for (let i = 0; i < n; i += 1) {
    let sum = 0;
    for (let m = 0; m < n; m += 1) sum += (matrix[i * n + m] as number) * (w[m] as number);
    product[i] = sum;
    if (sum > largest) largest = sum;
  }
  for (let i = 0; i < n; i += 1) product[i] = (product[i] as number) / largest;
  return product;
}
