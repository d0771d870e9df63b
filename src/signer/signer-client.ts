import { checksumAddress } from '../adapters/polymarket/signing/account.ts';
import { bytesToHex, hexToBytes } from '../adapters/polymarket/signing/hex.ts';
import type { Keccak } from '../adapters/polymarket/signing/keccak.ts';
import { orderAmounts } from '../adapters/polymarket/signing/order-amounts.ts';
import {
  createOrderEncoder,
  type OrderEncoder,
  type SignatureType,
} from '../adapters/polymarket/signing/order-encoder.ts';
import { CLOB_AUTH_MESSAGE, type Contracts, exchangeDomain } from '../adapters/polymarket/venue-facts.ts';
import { isImmediate, type OrderRequest } from '../domain/order.ts';
import { ForeignError } from '../ports/foreign-error.ts';
import type { SignerPort, SigningAnswers, TransactionFields } from '../ports/signer.ts';
import type { AccountClaim, OrderClaim } from './order-claim.ts';
import { createOrderQueue, type OrderQueue } from './order-queue.ts';
import {
  ANSWER,
  createFrameReader,
  FRAME_HEAD_BYTES,
  type Frame,
  frameOf,
  openFrame,
  ordersBytes,
  type ParentWord,
  ProtocolFault,
  proofQuestion,
  QUESTION,
  readAccountAnswer,
  readReplies,
  transactionQuestion,
  WORD_OF_PARENT,
  writeAccount,
  writeOrder,
} from './protocol.ts';
import { createSigningAhead } from './signing-ahead.ts';

export interface SignerClientOptions {
  readonly keccak: Keccak;
  readonly contracts: Contracts;
  /** Hands bytes to the signer, whole frames at a time. */
  readonly write: (frame: Uint8Array) => void;
  /** Called once when the signer answers no more: its side is closed, it broke the protocol, or it let a question lie. */
  readonly onLost?: (text: string) => void;
  /** Called with what a person has asked the signer's process for. */
  readonly onWord?: (word: ParentWord) => void;
  /** Whether to have the quotes signed that are probably asked for next; not where left out. */
  readonly signsAhead?: boolean;
  /** How long a question may stay without an answer. */
  readonly answerBoundMs?: number;
  readonly close?: () => Promise<void>;
  /** For tests: the clock that measures how much of a turn is used. */
  readonly turnMs?: () => number;
}

/** The worker's end of the connection to its signer. */
export interface SignerClient {
  /** Asks who the signer signs for. Nothing else may be asked before. */
  hello(): Promise<SignerPort>;
  /** Takes what the signer has said. */
  readonly receive: (bytes: Uint8Array) => void;
  /** The connection has ended. */
  readonly lost: (text: string) => void;
}

/** A thousand times what a signer with a core to itself takes; one that is stopped or starved is silent. */
const ANSWER_BOUND_MS = 5_000;

/** Longer than a signature takes from question to answer. */
const WATCH_MS = 0.3;

interface Question {
  readonly askedAtMs: number;
  readonly answered: (frame: Frame) => void;
  readonly failed: (error: Error) => void;
}

export function createSignerClient(options: SignerClientOptions): SignerClient {
  const { keccak, write } = options;
  const boundMs = options.answerBoundMs ?? ANSWER_BOUND_MS;
  const questions = new Map<number, Question>();
  let lastId = 0;
  let lostBecause: ForeignError | null = null;
  let bound: NodeJS.Timeout | null = null;
  let watchUntilMs = 0;
  let isWatching = false;

  /** Makes a question with the next number. It is noted before it is written, since the answer may come within the call. */
  function ask(
    make: (id: number) => Uint8Array,
    answered: Question['answered'],
    failed: Question['failed'],
  ): void {
    if (lostBecause !== null) {
      failed(lostBecause);
      return;
    }
    lastId = (lastId + 1) >>> 0;
    questions.set(lastId, { askedAtMs: performance.now(), answered, failed });
    bound ??= setTimeout(checkBound, boundMs).unref();
    write(make(lastId));
  }

  /**
   * Looks for the answer to a single question for a moment instead of going to sleep: being woken takes longer than most signatures.
   * Where more is asked, the signer needs the time, and where nobody waits for the answer, others do.
   */
  function watch(): void {
    if (questions.size !== 1 || isWatching) return;
    watchUntilMs = performance.now() + WATCH_MS;
    isWatching = true;
    setImmediate(look);
  }

  function look(): void {
    isWatching = questions.size === 1 && performance.now() < watchUntilMs;
    if (isWatching) setImmediate(look);
  }

  /** The answer may be waiting already, when it was this process that stood still: it is taken in before the immediate. */
  function checkBound(): void {
    bound = null;
    setImmediate(() => {
      const [oldest] = questions.values();
      if (oldest === undefined || bound !== null) return;
      const leftMs = oldest.askedAtMs + boundMs - performance.now();
      if (leftMs > 0) bound = setTimeout(checkBound, leftMs).unref();
      else fail('signerSilent', `the signer did not answer within ${boundMs} ms`);
    });
  }

  function fail(code: string, text: string): void {
    if (lostBecause !== null) return;
    const error = new ForeignError(code, text, 'never');
    lostBecause = error;
    if (bound !== null) clearTimeout(bound);
    for (const { failed } of questions.values()) failed(error);
    questions.clear();
    options.onLost?.(text);
  }

  const read = createFrameReader((frame) => {
    const word = wordOf(frame.kind);
    if (word !== null) options.onWord?.(word);
    const question = questions.get(frame.id);
    // One that nobody asked, or no longer.
    if (question === undefined) return;
    questions.delete(frame.id);
    question.answered(frame);
  });

  function receive(bytes: Uint8Array): void {
    if (lostBecause !== null) return;
    try {
      read(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolFault)) throw error;
      fail('signerGone', `the signer breaks the protocol: ${error.message}`);
    }
  }

  /** The body of the answer of one kind; a refusal is an error. */
  const askOne = (kind: number, make: (id: number) => Uint8Array): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      ask(
        make,
        ({ kind: found, body }) => {
          if (found === kind) resolve(Uint8Array.from(body));
          else reject(new ForeignError('signerRefused', `the signer refuses: ${textOf(body)}`, 'never'));
        },
        reject,
      );
    });

  function sendOrders(kind: number, claims: readonly OrderClaim[], account: AccountClaim) {
    return (id: number): Uint8Array => {
      const frame = openFrame(kind, id, ordersBytes(claims.length));
      writeAccount(frame, FRAME_HEAD_BYTES, account, claims.length);
      for (const [index, claim] of claims.entries()) writeOrder(frame, FRAME_HEAD_BYTES, index, claim);
      return frame;
    };
  }

  async function hello(): Promise<SignerPort> {
    const body = await askOne(ANSWER.account, (id) => frameOf(QUESTION.hello, id, new Uint8Array()));
    const found = readAccountAnswer(body);
    const address = checksumAddress(keccak, bytesToHex(found.address));
    const wallet = checksumAddress(keccak, bytesToHex(found.wallet));
    const { chainId } = found;
    const signatureType = found.signatureType as SignatureType;
    const account: AccountClaim = {
      chainId,
      signatureType,
      maker: found.wallet,
      signer: signatureType === 3 ? found.wallet : found.address,
    };
    const { contracts } = options;
    const encoder = createOrderEncoder({ keccak, address, wallet, chainId, signatureType, contracts });
    const claimOf = createClaims(encoder, contracts);
    const queueOf = (kind: number): OrderQueue =>
      createOrderQueue({
        claimOf,
        encode: encoder.encodeAmounts,
        turnMs: options.turnMs ?? (() => performance.now()),
        send: (claims, answered, failed) => {
          ask(
            sendOrders(kind, claims, account),
            ({ kind: given, body: answer }) => {
              if (given === ANSWER.orders) answered(readReplies(answer, claims.length));
              else answered(claims.map(() => ({ refused: textOf(answer) })));
            },
            failed,
          );
          if (kind === QUESTION.orders) watch();
        },
      });
    const queue = queueOf(QUESTION.orders);
    const ahead =
      options.signsAhead === true ? createSigningAhead(queue, queueOf(QUESTION.ordersAhead)) : null;
    return {
      address,
      wallet,
      signOrders: (orders): SigningAnswers | Promise<SigningAnswers> => (ahead ?? queue).sign(orders),
      forgetAhead: () => ahead?.forget(),
      proveKey: async (timestampS, nonce) => {
        const message = CLOB_AUTH_MESSAGE;
        const claim = { chainId, address: found.address, timestampS, nonce, message };
        return bytesToHex(await askOne(ANSWER.proof, (id) => proofQuestion(id, claim)));
      },
      signTransaction: async (fields) => {
        const raw = await askOne(ANSWER.transaction, (id) => transactionQuestion(id, claimOfFields(fields)));
        return { raw: bytesToHex(raw), hash: bytesToHex(keccak(raw)) };
      },
      close: async () => {
        ahead?.close();
        fail('signerGone', 'the connection to the signer was closed');
        await options.close?.();
      },
    };
  }

  return { hello, receive, lost: (text) => fail('signerGone', text) };
}

function wordOf(kind: number): ParentWord | null {
  if (kind === WORD_OF_PARENT.stop) return 'stop';
  return kind === WORD_OF_PARENT.abort ? 'abort' : null;
}

const textOf = (body: Uint8Array): string => Buffer.from(body).toString('utf8');

const claimOfFields = ({ to, data, ...fields }: TransactionFields) => ({
  ...fields,
  to: hexToBytes(to, 20),
  data: hexToBytes(data),
  value: 0n,
});

/** Turns requests into claims: the amounts follow from the terms, and the exchange from the market. */
function createClaims(encoder: OrderEncoder, contracts: Contracts): (order: OrderRequest) => OrderClaim {
  const exchanges = new Map<string, Uint8Array>();
  const contractOf = ({ marketVersion = 'v1', negRisk }: OrderRequest): Uint8Array => {
    const key = `${marketVersion}/${negRisk}`;
    const known = exchanges.get(key);
    if (known !== undefined) return known;
    const bytes = hexToBytes(exchangeDomain(contracts, marketVersion, negRisk).exchange, 20);
    exchanges.set(key, bytes);
    return bytes;
  };
  return (order) => {
    const { side, price, size, timeInForce, spend, salt, timestampMs, expirationS } = order;
    const isBuy = side === 'BUY';
    const { makerAmount, takerAmount } = orderAmounts(side, price, size, timeInForce, spend);
    return {
      contract: contractOf(order),
      tokenWord: encoder.tokenWord(order.tokenId),
      isBuy,
      timeInForce,
      price,
      size,
      spend: isBuy && isImmediate(timeInForce) ? (spend ?? null) : null,
      makerAmount,
      takerAmount,
      salt,
      timestampMs,
      expirationS: timeInForce === 'GTD' ? expirationS : 0,
    };
  };
}
