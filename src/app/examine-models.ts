import type { Settings } from '../settings/index.ts';
import type { Finding } from './doctor.ts';

/** What asks a model by the settings, and what comes of it where none can be asked. */
function withoutAnswers({ cd }: Settings): readonly string[] {
  if (!cd.enabled) return [];
  return [
    ...(cd.pretradeAiEnabled ? ['the crypto strategy enters nothing (CD_PRETRADE_AI_ENABLED)'] : []),
    ...(cd.exitEnabled && cd.exitAiConfirmEnabled
      ? ['it exits unasked where its edge turns (CD_EXIT_AI_CONFIRM_ENABLED)']
      : []),
    ...(cd.nlParsingEnabled
      ? ['questions that its parser cannot read stay unread (CD_NL_PARSING_ENABLED)']
      : []),
    ...(cd.analysisEnabled ? ['its trades are not reviewed (CD_ANALYSIS_ENABLED)'] : []),
  ];
}

/** Which model serves which tier, or what does not happen without a key. Nobody is asked: an answer costs money. */
export function modelsFinding(settings: Settings): Finding {
  const { apiKey, model, modelSonnet, modelHaiku } = settings.anthropic;
  const name = 'models';
  if (apiKey !== null)
    return { name, verdict: 'ok', found: `${model}, ${modelSonnet}, ${modelHaiku}; not asked`, todo: null };
  const missed = withoutAnswers(settings);
  if (missed.length === 0)
    return { name, verdict: 'ok', found: 'none, and nothing would ask one', todo: null };
  return {
    name,
    verdict: 'warn',
    found: `none can be asked, so ${missed.join('; ')}`,
    todo: 'Set ANTHROPIC_API_KEY, or switch off what is named.',
  };
}
