declare const brand: unique symbol;

/** A value whose unit the compiler knows: a `Brand<number, 'price'>` cannot be passed for a `Brand<number, 'usd'>`. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
