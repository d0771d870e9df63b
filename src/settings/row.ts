import type { Secret } from './secret.ts';

/** When a change takes effect: at the next start, or in the running worker. */
export type Apply = 'boot' | 'live';

interface RowBase {
  /** Name of the environment variable. */
  readonly env: string;
  /** Unit of the value in words a reader knows (`USD`, `pts`, `s`); empty where there is none. */
  readonly unit: string;
  /** One or two whole sentences: what the setting does and, where it is not obvious, why one would change it. */
  readonly doc: string;
  readonly apply: Apply;
  /**
   * May be changed by command although it applies at start: the change waits for the next one. Every live setting may. What has
   * neither mark, such as keys, addresses and the account, is changed in `.env` alone.
   */
  readonly byCommand?: true;
}

export interface NumberRow extends RowBase {
  readonly kind: 'number' | 'int';
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

export interface BoolRow extends RowBase {
  readonly kind: 'bool';
  readonly default: boolean;
}

export interface EnumRow<Choice extends string | number = string | number> extends RowBase {
  readonly kind: 'enum';
  readonly values: readonly Choice[];
  readonly default: Choice;
}

/** What a text has to look like, in words for the reader and as a test for the parser. */
export interface TextShape {
  readonly expected: string;
  readonly accepts: (text: string) => boolean;
}

export interface TextRow<Default extends string | null = string | null> extends RowBase {
  readonly kind: 'text';
  readonly default: Default;
  readonly shape?: TextShape;
}

export interface SecretRow extends RowBase {
  readonly kind: 'secret';
  readonly default: null;
  readonly shape?: TextShape;
}

export interface UrlRow<Default extends string | null = string | null> extends RowBase {
  readonly kind: 'url';
  readonly default: Default;
  readonly schemes: readonly ('http' | 'https' | 'ws' | 'wss')[];
  /** Providers put access keys into the path, so such a URL is printed with its host only. */
  readonly hidePath: boolean;
}

export interface AddressRow extends RowBase {
  readonly kind: 'address';
  readonly default: null;
}

export type Row = NumberRow | BoolRow | EnumRow | TextRow | SecretRow | UrlRow | AddressRow;

/** The type a row's value has after parsing. */
export type ValueOf<R extends Row> = R extends NumberRow
  ? number
  : R extends BoolRow
    ? boolean
    : R extends EnumRow<infer Choice>
      ? Choice
      : R extends SecretRow
        ? Secret | null
        : R extends TextRow<infer Default> | UrlRow<infer Default>
          ? Default extends null
            ? string | null
            : string
          : string | null;

/** Any value a setting can have. */
export type SettingValue = number | boolean | string | Secret | null;

interface NumberSpec {
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly default: number;
  readonly doc: string;
  readonly apply?: Apply;
  readonly byCommand?: true;
}

export const number = (env: string, spec: NumberSpec): NumberRow => ({
  apply: 'live',
  ...spec,
  env,
  kind: 'number',
});
export const int = (env: string, spec: NumberSpec): NumberRow => ({
  apply: 'live',
  ...spec,
  env,
  kind: 'int',
});

export const bool = (env: string, value: boolean, doc: string, apply: Apply = 'live'): BoolRow => ({
  env,
  kind: 'bool',
  unit: '',
  default: value,
  doc,
  apply,
});

export const choice = <const Choice extends string | number>(
  env: string,
  spec: { values: readonly Choice[]; default: NoInfer<Choice>; doc: string; apply?: Apply },
): EnumRow<Choice> => ({ apply: 'boot', ...spec, env, kind: 'enum', unit: '' });

export const text = <Default extends string | null>(
  env: string,
  spec: { default: Default; doc: string; shape?: TextShape; apply?: Apply },
): TextRow<Default> => ({ apply: 'boot', ...spec, env, kind: 'text', unit: '' });

export const secret = (env: string, doc: string, shape?: TextShape): SecretRow => ({
  env,
  kind: 'secret',
  unit: '',
  default: null,
  doc,
  apply: 'boot',
  ...(shape === undefined ? {} : { shape }),
});

export const url = <Default extends string | null>(
  env: string,
  spec: { default: Default; doc: string; socket?: boolean; hidePath?: boolean },
): UrlRow<Default> => ({
  env,
  kind: 'url',
  unit: '',
  default: spec.default,
  doc: spec.doc,
  apply: 'boot',
  schemes: spec.socket === true ? ['ws', 'wss'] : ['http', 'https'],
  hidePath: spec.hidePath ?? false,
});

export const address = (env: string, doc: string): AddressRow => ({
  env,
  kind: 'address',
  unit: '',
  default: null,
  doc,
  apply: 'boot',
});
