/**
 * Text that must never be shown: keys, tokens, passphrases.
 *
 * Every common way to print it gives `[secret]`: string templates, `JSON.stringify`, and Node's inspection as used
 * by logs and assertions. Only `reveal()` gives the text, so each place that reads it can be found by that name.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Call it where it is signed or sent, and keep no copy. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  /** The hook that Node's `util.inspect` looks for; named by a registered symbol, so no Node module is needed. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN;
  }
}

/** What is shown instead of a secret. */
export const HIDDEN = '[secret]';
