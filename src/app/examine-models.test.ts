import { describe, expect, it } from 'vitest';
import { defaultSettings, Secret, type Settings } from '../settings/index.ts';
import { modelsFinding } from './examine-models.ts';

const settings = defaultSettings();
const withCd = (change: Partial<Settings['cd']>): Settings => ({
  ...settings,
  cd: { ...settings.cd, enabled: true, ...change },
});

describe('what doctor says of models', () => {
  it('names them, and never the key', () => {
    const apiKey = new Secret('sk-ant-of-a-test');
    const finding = modelsFinding({ ...settings, anthropic: { ...settings.anthropic, apiKey } });
    expect(finding).toEqual({
      name: 'models',
      verdict: 'ok',
      found: 'claude-opus-5-5, claude-sonnet-5-5, claude-haiku-5-5; not asked',
      todo: null,
    });
  });

  it('says what does not happen without a key', () => {
    expect(modelsFinding(withCd({}))).toEqual({
      name: 'models',
      verdict: 'warn',
      found:
        'none can be asked, so the crypto strategy enters nothing (CD_PRETRADE_AI_ENABLED); it exits unasked where its edge turns (CD_EXIT_AI_CONFIRM_ENABLED); questions that its parser cannot read stay unread (CD_NL_PARSING_ENABLED); its trades are not reviewed (CD_ANALYSIS_ENABLED)',
      todo: 'Set ANTHROPIC_API_KEY, or switch off what is named.',
    });
    expect(modelsFinding(withCd({ pretradeAiEnabled: false, exitEnabled: false })).found).toBe(
      'none can be asked, so questions that its parser cannot read stay unread (CD_NL_PARSING_ENABLED); its trades are not reviewed (CD_ANALYSIS_ENABLED)',
    );
  });

  it('has nothing to say against a worker that asks nobody', () => {
    expect(modelsFinding(withCd({ enabled: false }))).toMatchObject({ verdict: 'ok', todo: null });
  });
});
