/**
 * Flags of Node for the process that trades. A young generation of 64 MiB instead of 16 lets a burst of frames pass without a
 * collection in its midst: one takes milliseconds, and the quotes of all markets wait for it. It costs up to 192 MiB.
 */
export const WORKER_NODE_FLAGS: readonly string[] = ['--max-semi-space-size=64'];
