/**
 * Money is an integer count of nano-dollars (1e-9 USD): sums never drift, and the cheapest token on any price
 * list (about 20 nano-dollars) still counts whole. `null` is "price unknown", which is not zero.
 */
export type NanoDollars = number;

/** Decimal dollars for JSON and headers, exact to a nano-dollar. */
export function toDollars(nanoDollars: NanoDollars): number {
  return nanoDollars / 1e9;
}

/** The same as plain decimal text, never in exponent form (`0.000000042`, not `4.2e-8`). */
export function dollarsText(nanoDollars: NanoDollars): string {
  const text = (nanoDollars / 1e9).toFixed(9);
  return text.replace(/0+$/, '').replace(/\.$/, '');
}

/** Rounds to the nearest nano-dollar. */
export function fromDollars(dollars: number): NanoDollars {
  return Math.round(dollars * 1e9);
}
