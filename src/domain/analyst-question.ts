/** Which of the models that settings name is asked. */
export type AnalystTier = 'sonnet';

/** What is asked of a model: as a loop wants it, as the kernel sends it, and as the port takes it. */
export interface AnalystQuestion {
  readonly tier: AnalystTier;
  /** The standing instruction. */
  readonly system: string;
  /** The data it is about. */
  readonly prompt: string;
  readonly maxTokens: number;
}
