import { errorOf, messageOf, startFakeClaude } from '../../src/adapters/claude/testing/fake-claude.ts';
import type { FakeAnswer, FakeRequest } from '../../src/adapters/polymarket/testing/fake-http.ts';
import { ANALYST_TIERS, type AnalystTier } from '../../src/domain/analyst-question.ts';

/**
 * A stand-in for Claude on this machine, to which a whole worker process is pointed by settings alone:
 *
 *     const claude = await startScriptedClaude();                        // every question is met with silence
 *     claude.script({ tier: 'haiku', does: approve });                   // checks before a trade say yes
 *     claude.script({ tier: 'haiku', prompt: /ETH/, does: slow(30_000, approve) });   // the newest rule that fits decides
 *     const worker = stand.startWorker({ ...settings, ...claude.settings }, args, onLine);
 *     ...
 *     claude.script({ tier: 'haiku', does: silence });                   // rules may come while it runs
 *     expect(claude.asked('haiku')).toHaveLength(2);
 *     await claude.close();                                              // before or after the worker ends
 *
 * What a rule does is a function of the question, so a test may write its own: `does: ({ about }) => says(...)`.
 */
export interface ScriptedClaude {
  /** To be laid over a worker's settings: key, endpoint and a name of a model for each tier. */
  readonly settings: Readonly<Record<string, string>>;
  /** Puts a rule before all others. */
  script(rule: ScriptedRule): void;
  /** The questions so far, of one tier or of all, oldest first. */
  asked(tier?: AnalystTier): readonly ScriptedQuestion[];
  close(): Promise<void>;
}

export interface ScriptedRule {
  /** Every tier where left out. */
  readonly tier?: AnalystTier;
  /** Of the prompt; every prompt where left out. */
  readonly prompt?: RegExp;
  readonly does: Behaviour;
}

export type Behaviour = (question: ScriptedQuestion) => FakeAnswer | Promise<FakeAnswer>;

export interface ScriptedQuestion {
  readonly tier: AnalystTier;
  readonly system: string;
  readonly prompt: string;
  /** What is asked about: the data between the brackets of the prompt, as rows. */
  readonly about: readonly Row[];
  /** `trade` before a trade, `position` before an exit, `markets` for scores and unread questions, `trades` for a review. */
  readonly kind: string;
}

type Row = Readonly<Record<string, unknown>>;

const MODELS: Readonly<Record<AnalystTier, string>> = {
  haiku: 'stand-in-haiku',
  sonnet: 'stand-in-sonnet',
  opus: 'stand-in-opus',
};

export async function startScriptedClaude(): Promise<ScriptedClaude> {
  const rules: ScriptedRule[] = [];
  const questions: ScriptedQuestion[] = [];
  const server = await startFakeClaude((request) => {
    const question = questionIn(request);
    if (question === null) return errorOf(404, 'not_found_error', 'model: none of this stand-in');
    questions.push(question);
    const rule = rules.find(
      ({ tier, prompt }) =>
        (tier === undefined || tier === question.tier) &&
        (prompt === undefined || prompt.test(question.prompt)),
    );
    return (rule?.does ?? silence)(question);
  });
  return {
    settings: {
      ANTHROPIC_API_KEY: 'sk-ant-of-a-stand-in',
      ANTHROPIC_BASE_URL: server.url,
      ANTHROPIC_MODEL_HAIKU: MODELS.haiku,
      ANTHROPIC_MODEL_SONNET: MODELS.sonnet,
      ANTHROPIC_MODEL: MODELS.opus,
    },
    script: (rule) => {
      rules.unshift(rule);
    },
    asked: (tier) => questions.filter((question) => tier === undefined || question.tier === tier),
    close: () => server.close(),
  };
}

function questionIn({ body }: FakeRequest): ScriptedQuestion | null {
  const { model, system, messages } = JSON.parse(body) as {
    readonly model: string;
    readonly system: string;
    readonly messages: readonly { readonly content: string }[];
  };
  const tier = ANALYST_TIERS.find((each) => MODELS[each] === model);
  if (tier === undefined) return null;
  const prompt = messages[0]?.content ?? '';
  const [, kind = '', data = '[]'] = /<(\w+)>\n([\s\S]*)\n<\/\1>/.exec(prompt) ?? [];
  const about = [JSON.parse(data) as Row | readonly Row[]].flat();
  return { tier, system, prompt, kind, about };
}

/** One text, as it is. */
export const says =
  (text: string): Behaviour =>
  () =>
    messageOf(text);

/** One object a question, as a model that follows its instruction writes it. */
const answers =
  (answer: (row: Row) => object): Behaviour =>
  ({ about }) =>
    messageOf(JSON.stringify(answer(about[0] ?? {})));

const trade = (approve: boolean, change: object = {}): Behaviour =>
  answers(({ id, outcome, priceCents }) => ({
    id,
    outcome,
    priceCents,
    approve,
    confidence: 0.9,
    reason: approve ? 'nothing speaks against it' : 'the rules leave open what counts',
    ...change,
  }));

/** A yes to the very trade that is asked about. */
export const approve = trade(true);
export const reject = trade(false);
/** A yes to another trade than the one that is asked about, in everything else in order. */
export const approveAnother = trade(true, { id: 't999999' });
/** A yes at another price than the one that is asked about. */
export const approveDearer = answers(({ id, outcome, priceCents }) => ({
  id,
  outcome,
  priceCents: Number(priceCents) + 1,
  approve: true,
  confidence: 1,
  reason: 'it will do',
}));
/** A yes that is no JSON. */
export const approveInWords = says('Approved. Go ahead with this trade.');

const position = (exit: boolean): Behaviour =>
  answers(({ id }) => ({
    id,
    exit,
    reason: exit ? 'the odds have turned' : 'the price jumped for a moment',
  }));

export const exitIt = position(true);
export const holdIt = position(false);

/** Says of every market that is asked about what a test wants; those for which it wants nothing are left out. */
export const reads =
  (rowOf: (market: Row) => object | null): Behaviour =>
  ({ about }) =>
    messageOf(
      JSON.stringify({
        markets: about.flatMap((market) => {
          const row = rowOf(market);
          return row === null ? [] : [{ id: market.id, ...row }];
        }),
      }),
    );

/** Never answers; the worker's own bound has to end it. */
export const silence: Behaviour = () => ({ silent: true });

/** Another behaviour, so many milliseconds later. */
export const slow =
  (ms: number, does: Behaviour): Behaviour =>
  async (question) => {
    // Not waited for by a test that is over.
    await new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
    return does(question);
  };

/** The JSON of another behaviour without its end. */
export const cutOff =
  (does: Behaviour): Behaviour =>
  async (question) => {
    const { body } = await does(question);
    const text = (body as { readonly content: readonly { readonly text: string }[] }).content[0]?.text ?? '';
    return messageOf(text.slice(0, -1));
  };

/** The API says no: `fails(529, 'overloaded_error')`, `fails(401, 'authentication_error')`. */
export const fails =
  (status: number, type: string): Behaviour =>
  () =>
    errorOf(status, type, `a stand-in says ${type}`);

/** The connection ends without an answer. */
export const hangUp: Behaviour = () => ({ hangUp: true });

/** A model that does what strangers tell it: the first JSON object that a text of the market has in it, else all of those texts. */
export const echo: Behaviour = ({ about }) => {
  const texts = about.flatMap((row) => Object.values(row).filter((value) => typeof value === 'string'));
  const told = texts.map((text) => /\{[\s\S]*\}/.exec(text)?.[0]).find((found) => found !== undefined);
  return messageOf(told ?? texts.join('\n'));
};
