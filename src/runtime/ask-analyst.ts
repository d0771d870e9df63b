import type { AnalystTier } from '../domain/analyst-question.ts';
import type { Command, Input } from '../kernel/messages.ts';
import { type AnalystPort, ASK_BOUNDS } from '../ports/analyst.ts';
import { ForeignError } from '../ports/foreign-error.ts';

/** The port has the bound of a tier itself; this one is behind it, for a port that does not keep it. */
const GRACE_MS = 5_000;

export interface Asking {
  /** Nobody is asked where left out: every question fails at once. */
  readonly analyst: AnalystPort | undefined;
  readonly submit: (input: Input) => void;
  readonly within: <Answer>(
    timeoutMs: number,
    call: (signal: AbortSignal) => Promise<Answer>,
  ) => Promise<Answer>;
}

/**
 * Asks a model and turns its answer, or why there is none, into an input. Nobody waits for it on the way out, since nothing that is still to
 * be done hangs on what it says. Of each tier so many questions are under way at once and no more.
 */
export function createAsker({ analyst, submit, within }: Asking): (command: AskCommand) => void {
  const underWay: Record<AnalystTier, number> = { haiku: 0, sonnet: 0, opus: 0 };

  async function answerTo({ tier, system, prompt, maxTokens }: AskCommand): Promise<Answered> {
    const { timeoutMs, atOnce } = ASK_BOUNDS[tier];
    if (analyst === undefined)
      throw new ForeignError(
        'noAnalyst',
        'no model can be asked: set ANTHROPIC_API_KEY and start again',
        'never',
      );
    if (underWay[tier] >= atOnce)
      throw new ForeignError(
        'tooManyQuestions',
        `${atOnce} questions to the ${tier} model are under way already`,
        'later',
      );
    underWay[tier] += 1;
    try {
      return await within(timeoutMs + GRACE_MS, (signal) =>
        analyst.ask({ tier, system, prompt, maxTokens }, signal),
      );
    } finally {
      underWay[tier] -= 1;
    }
  }

  return (command) => {
    const { key } = command;
    answerTo(command).then(
      (answer) => submit({ kind: 'answered', key, ...answer }),
      (error: unknown) => submit(askFailed(key, error)),
    );
  };
}

type AskCommand = Extract<Command, { kind: 'ask' }>;
type Answered = Awaited<ReturnType<AnalystPort['ask']>>;

function askFailed(key: string, error: unknown): Extract<Input, { kind: 'askFailed' }> {
  const told = error instanceof ForeignError ? error.context.retryAfterMs : undefined;
  return {
    kind: 'askFailed',
    key,
    code: error instanceof ForeignError ? error.code : 'unexpected',
    text: error instanceof Error ? error.message : String(error),
    mayRetry: !(error instanceof ForeignError && error.retry === 'never'),
    retryAfterMs: typeof told === 'number' ? told : null,
  };
}
