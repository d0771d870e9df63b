import { Socket } from 'node:net';
import { createFrameWriter } from '../signer/frame-writer.ts';
import { SIGNER_DESCRIPTOR } from '../signer/index.ts';
import { openSignerSession } from '../signer/open-signer.ts';
import { serveSession } from '../signer/serve-session.ts';
import { benchSignerSetup } from './bench-signer.ts';

/** The signer of a benchmark in a process of its own, as the worker has it; with `--thread` a thread of it takes a part of large batches. */
const socket = new Socket({ fd: SIGNER_DESCRIPTOR, readable: true, writable: true });
const write = createFrameWriter(socket);
const session = await openSignerSession(benchSignerSetup(process.argv.includes('--thread')), write);
serveSession(socket, session, benchSignerSetup(false).log);
socket.on('close', () => process.exit());
