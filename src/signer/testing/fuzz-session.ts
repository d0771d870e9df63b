import { openAccount } from '../../adapters/polymarket/signing/account.ts';
import { hexToBytes } from '../../adapters/polymarket/signing/hex.ts';
import { developmentSecret } from '../../adapters/polymarket/testing/orders.ts';
import { CLOB_AUTH_MESSAGE, CONTRACTS } from '../../adapters/polymarket/venue-facts.ts';
import { type RandomStream, streamOf } from '../../domain/random.ts';
import type { Usd } from '../../domain/units.ts';
import { createBudget } from '../budget.ts';
import type { SignerLimits } from '../limits.ts';
import type { AccountClaim, OrderClaim, TransactionClaim } from '../order-claim.ts';
import {
  ANSWER,
  createFrameReader,
  FRAME_HEAD_BYTES,
  frameOf,
  openFrame,
  ordersBytes,
  proofQuestion,
  QUESTION,
  readReplies,
  transactionQuestion,
  writeAccount,
  writeOrder,
} from '../protocol.ts';
import { createSignerClock } from '../signer-clock.ts';
import { createSignerSession } from '../signer-session.ts';
import { badQuestion, below, bytesOf, type FuzzedQuestion, goodQuestion, oneOf } from './fuzz-orders.ts';
import { WIDE_LIMITS } from './test-signer.ts';

const NOW_MS = 1_795_373_206_847;
const LIMITS: SignerLimits = {
  ...WIDE_LIMITS,
  maxOrder: 20_000_000 as Usd,
  maxTransactionsPerHour: 1_000_000_000,
};
/** Questions that are handed over before the answers are counted. */
const AT_ONCE = 2_000;
/** One good order among so many bad ones shows that the signer still signs. */
const GOOD_EVERY = 500;

export interface FuzzOutcome {
  readonly asked: number;
  readonly refused: number;
  /** Questions outside the policy that got a signature: there must be none. */
  readonly signedOutside: number;
  /** Times that the key was used, and orders inside the policy: the same number. */
  readonly keyUsed: number;
  readonly goodAsked: number;
  readonly goodSigned: number;
  /** How often each rule was broken. */
  readonly broken: ReadonlyMap<string, number>;
  /** Every text that the signer said. */
  readonly texts: ReadonlySet<string>;
}

/** Asks a signer, over its protocol, for `count` things that it must not sign, with a good order now and then. */
export async function fuzzSession(seed: string, count: number): Promise<FuzzOutcome> {
  const random = streamOf(seed, 'signer');
  const real = await openAccount(developmentSecret());
  const broken = new Map<string, number>();
  const texts = new Set<string>();
  const isGood = new Map<number, boolean>();
  const tally = { asked: 0, refused: 0, signedOutside: 0, keyUsed: 0, goodAsked: 0, goodSigned: 0 };
  const account = {
    ...real,
    signDigest: (digest: Uint8Array) => {
      tally.keyUsed += 1;
      return real.signDigest(digest);
    },
  };
  const note = (good: boolean): void => {
    if (good) tally.goodSigned += 1;
    else tally.signedOutside += 1;
  };
  const read = createFrameReader(({ kind, id, body }) => {
    const good = isGood.get(id) === true;
    isGood.delete(id);
    if (kind === ANSWER.orders) {
      for (const reply of readReplies(body, 1)) {
        if ('refused' in reply) tally.refused += 1;
        else note(good);
      }
    } else if (kind === ANSWER.refused) tally.refused += 1;
    else if (kind !== ANSWER.account) note(good);
    else tally.refused += 1;
  });
  const clock = createSignerClock({ nowMs: () => NOW_MS, steadyMs: () => 0 });
  const session = createSignerSession({
    account,
    thread: null,
    chainId: 137,
    contracts: CONTRACTS,
    signatureType: 0,
    wallet: real.address,
    limits: LIMITS,
    clock,
    budget: createBudget(LIMITS, clock),
    write: read,
    onRefused: (text) => {
      if (texts.size < 10_000) texts.add(text);
    },
  });
  const own: AccountClaim = {
    chainId: 137,
    maker: hexToBytes(real.address, 20),
    signer: hexToBytes(real.address, 20),
    signatureType: 0,
  };
  for (let id = 1; id <= count; id += 1) {
    const good = id % GOOD_EVERY === 0;
    isGood.set(id, good);
    if (good) {
      tally.goodAsked += 1;
      session.receive(orderFrame(random, id, goodQuestion(random, own, NOW_MS)));
    } else {
      tally.asked += 1;
      const { frame, rule } = badFrame(random, id, own);
      broken.set(rule, (broken.get(rule) ?? 0) + 1);
      session.receive(frame);
    }
    if (id % AT_ONCE === 0 || id === count) await untilAnswered(isGood);
  }
  await session.close();
  return { ...tally, broken, texts };
}

async function untilAnswered(waiting: ReadonlyMap<number, boolean>): Promise<void> {
  for (let turn = 0; waiting.size > 0 && turn < 10_000; turn += 1)
    await new Promise((resolve) => setImmediate(resolve));
  if (waiting.size > 0) throw new Error(`${waiting.size} questions were not answered`);
}

function orderFrame(random: RandomStream, id: number, { account, claim }: FuzzedQuestion): Uint8Array {
  const frame = openFrame(
    below(random, 4) === 0 ? QUESTION.ordersAhead : QUESTION.orders,
    id,
    ordersBytes(1),
  );
  writeAccount(frame, FRAME_HEAD_BYTES, account, 1);
  writeOrder(frame, FRAME_HEAD_BYTES, 0, claim satisfies OrderClaim);
  return frame;
}

function badFrame(random: RandomStream, id: number, own: AccountClaim): { frame: Uint8Array; rule: string } {
  const chance = below(random, 100);
  if (chance < 70) {
    const question = badQuestion(random, own, NOW_MS);
    return { frame: orderFrame(random, id, question), rule: question.spoiled };
  }
  if (chance < 80) return { frame: badTransaction(random, id, own), rule: 'transaction' };
  if (chance < 90) return { frame: badProof(random, id, own), rule: 'proof' };
  const kind = oneOf(random, [QUESTION.orders, QUESTION.proof, QUESTION.transaction, 0, 6, 255]);
  return { frame: frameOf(kind, id, bytesOf(random, below(random, 300))), rule: 'noise' };
}

const SELECTORS = [
  '095ea7b3',
  'a22cb465',
  '72ce4275',
  '9e7212ad',
  '01b7037c',
  'a9059cbb',
  '23b872dd',
  'f242432a',
];

/** Any words to the venue's contracts, and the known calls to somebody else. */
function badTransaction(random: RandomStream, id: number, own: AccountClaim): Uint8Array {
  const words = below(random, 9);
  const data = Buffer.concat([Buffer.from(oneOf(random, SELECTORS), 'hex'), bytesOf(random, words * 32)]);
  const to = oneOf(random, [
    ...Object.values(CONTRACTS).map((text) => hexToBytes(text, 20)),
    own.maker,
    bytesOf(random, 20),
  ]);
  const claim: TransactionClaim = {
    chainId: 137,
    nonce: below(random, 1_000),
    to,
    data,
    value: below(random, 4) === 0 ? BigInt(below(random, 2 ** 40)) : 0n,
    gas: BigInt(below(random, 12_000_000)),
    maxFeePerGas: BigInt(below(random, 2 ** 42)),
    maxPriorityFeePerGas: 0n,
  };
  return transactionQuestion(id, claim);
}

const OTHER_TEXTS = ['', 'I agree', `${CLOB_AUTH_MESSAGE} `, CLOB_AUTH_MESSAGE.toLowerCase()];

function badProof(random: RandomStream, id: number, own: AccountClaim): Uint8Array {
  const good = {
    chainId: 137,
    address: own.signer,
    timestampS: Math.floor(NOW_MS / 1_000),
    nonce: 0,
    message: CLOB_AUTH_MESSAGE,
  };
  return proofQuestion(
    id,
    oneOf(random, [
      { ...good, chainId: 1 + below(random, 136) },
      { ...good, address: bytesOf(random, 20) },
      { ...good, timestampS: below(random, 2 ** 30) },
      { ...good, nonce: 1 + below(random, 1_000) },
      { ...good, message: oneOf(random, OTHER_TEXTS) },
    ]),
  );
}
