import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LeaseTaken, leaseHolder, takeLease } from './lease.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-lease-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const lock = (): string => join(dataDir, 'worker.lock');

/** The id of a process that has lived and is gone. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0']);
  await new Promise((resolve) => child.once('close', resolve));
  return child.pid ?? 0;
}

describe('the lease of a data folder', () => {
  it('is held by one at a time, and the refusal says by whom and what to do', () => {
    const lease = takeLease(dataDir, 1_000);
    expect(leaseHolder(dataDir)?.pid).toBe(process.pid);
    expect(() => takeLease(dataDir, 2_000)).toThrow(LeaseTaken);
    expect(() => takeLease(dataDir, 2_000)).toThrow(
      new RegExp(`process id ${process.pid}.*EVENKEEL_DATA_DIR`),
    );
    lease.release();
    lease.release();
    expect(leaseHolder(dataDir)).toBeNull();
    takeLease(dataDir, 3_000).release();
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('passes from a worker that died', async () => {
    writeFileSync(lock(), JSON.stringify({ pid: await deadPid(), startTicks: null, sinceMs: 1 }));
    expect(leaseHolder(dataDir)).toBeNull();
    const lease = takeLease(dataDir, 2_000);
    expect(leaseHolder(dataDir)?.pid).toBe(process.pid);
    expect(readdirSync(dataDir)).toEqual(['worker.lock']);
    lease.release();
  });

  it('passes from a worker whose process id somebody else has now', () => {
    writeFileSync(lock(), JSON.stringify({ pid: process.ppid, startTicks: '1', sinceMs: 1 }));
    const isTold = existsSync('/proc/self/stat');
    if (isTold) takeLease(dataDir, 2_000).release();
    else expect(() => takeLease(dataDir, 2_000)).toThrow(LeaseTaken);
  });
});
