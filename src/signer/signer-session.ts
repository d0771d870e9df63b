import type { SigningAccount } from '../adapters/polymarket/signing/account.ts';
import type { DigestThread } from '../adapters/polymarket/signing/digest-thread.ts';
import { bytesToHex, type Hex, hexToBytes } from '../adapters/polymarket/signing/hex.ts';
import { l1Digest } from '../adapters/polymarket/signing/l1-auth.ts';
import { createOrderEncoder, type SignatureType } from '../adapters/polymarket/signing/order-encoder.ts';
import { createSigningDesk } from '../adapters/polymarket/signing/signing-desk.ts';
import { utf8 } from '../adapters/polymarket/signing/words.ts';
import { CLOB_AUTH_MESSAGE, type Contracts } from '../adapters/polymarket/venue-facts.ts';
import type { SigningBudget } from './budget.ts';
import { encodeTransaction } from './encode-transaction.ts';
import type { SignerLimits } from './limits.ts';
import type { AccountClaim, OrderClaim, ProofClaim, TransactionClaim } from './order-claim.ts';
import {
  accountRefusal,
  countedUsd,
  exchangeOf,
  type KnownExchange,
  type OwnAccount,
  orderRefusal,
} from './order-policy.ts';
import {
  ANSWER,
  accountAnswer,
  createFrameReader,
  type Frame,
  frameOf,
  type OrderReply,
  ordersAnswer,
  ProtocolFault,
  QUESTION,
  readOrders,
  readProof,
  readTransaction,
} from './protocol.ts';
import type { SignerClock } from './signer-clock.ts';
import { createTransactionPolicy } from './transaction-policy.ts';

export interface SignerSessionOptions {
  readonly account: SigningAccount;
  /** A second core, or null. */
  readonly thread: DigestThread | null;
  readonly chainId: number;
  readonly contracts: Contracts;
  readonly signatureType: SignatureType;
  /** Holds cash and tokens. */
  readonly wallet: Hex;
  readonly limits: SignerLimits;
  readonly clock: SignerClock;
  readonly budget: SigningBudget;
  readonly write: (frame: Uint8Array) => void;
  /** Told of each refusal, with a whole sentence. */
  readonly onRefused: (text: string) => void;
}

/** The signer as its worker sees it: bytes in, bytes out. It has the key, knows what may be signed, and signs nothing else. */
export interface SignerSession {
  /** Throws a ProtocolFault when the other side does not speak the protocol; nothing more may be taken from it then. */
  readonly receive: (bytes: Uint8Array) => void;
  readonly close: () => Promise<void>;
}

/** How far the time of a proof may be from the signer's own. */
const PROOF_ROOM_S = 600;

export function createSignerSession(options: SignerSessionOptions): SignerSession {
  const { account, limits, chainId, write, clock, budget } = options;
  const { keccak } = account;
  const own = ownAccountOf(options);
  const encoder = createOrderEncoder({ ...options, keccak, address: account.address });
  const transactions = createTransactionPolicy({ ...options, keccak, address: account.address });

  interface Admitted {
    readonly claim: OrderClaim;
    readonly exchange: KnownExchange;
  }
  const desk = createSigningDesk<Admitted, OrderReply>({
    account,
    thread: options.thread,
    encode: ({ claim, exchange }) => {
      const { digest } = encoder.hash({ ...claim, ...exchange }, claim);
      return { digest, withSignature: (signature) => ({ digest, signature }) };
    },
  });

  /** Refuses with a sentence, or lets an order through and takes its part of the budget. */
  function admit(claim: OrderClaim, account: AccountClaim, isAhead: boolean): Admitted | string {
    const wrong = accountRefusal(own, account);
    if (wrong !== null) return wrong;
    const exchange = exchangeOf(own, claim);
    if (exchange === null) return `${bytesToHex(claim.contract)} is none of the venue's exchanges`;
    const refusal =
      orderRefusal(limits, claim, clock.nearest(claim.timestampMs)) ??
      budget.takeOrder(countedUsd(claim), isAhead);
    return refusal ?? { claim, exchange };
  }

  function refuse(text: string): string {
    options.onRefused(text);
    return text;
  }

  function signOrders({ id, body }: Frame, isAhead: boolean): void {
    const { account: claimed, orders } = readOrders(body);
    const replies: OrderReply[] = new Array(orders.length);
    const admitted: Admitted[] = [];
    const places: number[] = [];
    for (const [index, order] of orders.entries()) {
      const verdict = admit(order, claimed, isAhead);
      // What is signed ahead is only a convenience, and its end is no trouble.
      if (typeof verdict === 'string') replies[index] = { refused: isAhead ? verdict : refuse(verdict) };
      else {
        admitted.push(verdict);
        places.push(index);
      }
    }
    desk.sign(admitted).then(
      (signed) => {
        for (const [index, reply] of signed.entries()) replies[places[index] as number] = reply;
        write(ordersAnswer(id, replies));
      },
      // What the policy let through can be encoded; if not, the policy is at fault, and nothing is signed.
      (error: unknown) => answerRefused(id, error instanceof Error ? error.message : 'cannot be encoded'),
    );
  }

  const answerRefused = (id: number, text: string): void =>
    write(frameOf(ANSWER.refused, id, utf8(refuse(text))));

  function proofRefusal({
    chainId: claimed,
    address,
    timestampS,
    nonce,
    message,
  }: ProofClaim): string | null {
    if (claimed !== chainId)
      return `the proof is for chain ${claimed}, this signer signs for chain ${chainId}`;
    if (bytesToHex(address) !== account.address.toLowerCase()) return 'the proof is for another address';
    if (message !== CLOB_AUTH_MESSAGE) return 'the proof has another text than that of the venue';
    if (nonce !== 0) return `the proof has nonce ${nonce}`;
    const nowS = clock.nearest(timestampS * 1_000) / 1_000;
    const isNear = Number.isSafeInteger(timestampS) && Math.abs(timestampS - nowS) <= PROOF_ROOM_S;
    return isNear
      ? null
      : `the proof's time ${timestampS} s is more than ${PROOF_ROOM_S} s from the signer's`;
  }

  function signProof({ id, body }: Frame): void {
    const claim = readProof(body);
    const refusal = proofRefusal(claim);
    if (refusal !== null) {
      answerRefused(id, refusal);
      return;
    }
    const digest = l1Digest(account, chainId, claim.timestampS, claim.nonce);
    write(frameOf(ANSWER.proof, id, account.signDigest(digest)));
  }

  function signTransaction({ id, body }: Frame): void {
    const claim: TransactionClaim = readTransaction(body);
    const refusal = transactions.refusal(claim) ?? budget.takeTransaction();
    if (refusal !== null) {
      answerRefused(id, refusal);
      return;
    }
    const { digest, withSignature } = encodeTransaction(keccak, claim);
    write(frameOf(ANSWER.transaction, id, withSignature(account.signDigest(digest))));
  }

  function tellAccount({ id }: Frame): void {
    const { maker: wallet, signatureType } = own;
    write(accountAnswer(id, { address: hexToBytes(account.address, 20), wallet, chainId, signatureType }));
  }

  function answer(frame: Frame): void {
    if (frame.kind === QUESTION.hello) tellAccount(frame);
    else if (frame.kind === QUESTION.orders) signOrders(frame, false);
    else if (frame.kind === QUESTION.ordersAhead) signOrders(frame, true);
    else if (frame.kind === QUESTION.proof) signProof(frame);
    else if (frame.kind === QUESTION.transaction) signTransaction(frame);
    else answerRefused(frame.id, `there is no question of kind ${frame.kind}`);
  }

  return {
    receive: createFrameReader((frame) => {
      try {
        answer(frame);
      } catch (error) {
        if (!(error instanceof ProtocolFault)) throw error;
        answerRefused(frame.id, error.message);
      }
    }),
    close: () => desk.close(),
  };
}

function ownAccountOf(options: SignerSessionOptions): OwnAccount {
  const { contracts, signatureType, wallet } = options;
  const maker = hexToBytes(wallet, 20);
  const exchange = (address: Hex, marketVersion: 'v1' | 'v2', negRisk: boolean): KnownExchange => ({
    contract: hexToBytes(address, 20),
    marketVersion,
    negRisk,
  });
  return {
    chainId: options.chainId,
    maker,
    signer: signatureType === 3 ? maker : hexToBytes(options.account.address, 20),
    signatureType,
    exchanges: [
      exchange(contracts.exchange, 'v1', false),
      exchange(contracts.negRiskExchange, 'v1', true),
      // One exchange for all markets of this version.
      exchange(contracts.exchangeV3, 'v2', false),
    ],
  };
}
