export const ANALYST_TIERS = ['haiku', 'sonnet', 'opus'] as const;

/**
 * Which of the models that settings name is asked: `haiku` before a trade and before an exit, where seconds count, `sonnet` about markets
 * and questions, `opus` about what was traded.
 */
export type AnalystTier = (typeof ANALYST_TIERS)[number];

/** What is asked of a model: as a loop wants it, as the kernel sends it, and as the port takes it. */
export interface AnalystQuestion {
  readonly tier: AnalystTier;
  /** The standing instruction. */
  readonly system: string;
  /** The data it is about. */
  readonly prompt: string;
  readonly maxTokens: number;
}
