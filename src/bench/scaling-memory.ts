import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createKernel } from '../kernel/kernel.ts';
import { loops } from '../loops/index.ts';

/** Gives a kernel the inputs of the file named by the argument, one a line, and prints this process's resident memory in megabytes. */
const MEGABYTE = 1024 * 1024;
const kernel = createKernel(loops, null);
for await (const line of createInterface({ input: createReadStream(process.argv[2] ?? '') })) {
  const [atMs, input] = JSON.parse(line);
  kernel.step(atMs, input);
}
if (kernel.state.counts.ordersPlaced < kernel.state.markets.size)
  throw new Error(
    `${kernel.state.counts.ordersPlaced} orders were placed in ${kernel.state.markets.size} markets`,
  );
console.log((process.memoryUsage().rss / MEGABYTE).toFixed(1));
