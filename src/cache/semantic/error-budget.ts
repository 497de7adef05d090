/**
 * What the test has found so far: it is still watching, hits are right often enough, or too many were wrong and nothing is
 * served.
 */
export type ErrorBudgetState = 'watch' | 'open' | 'off';

/** Share of the hits that are asked again and judged. */
const AUDIT_SHARE = { watch: 0.25, open: 0.05, off: 0 } as const;
/** The cost limits it tightens through; the owner's is the first that applies. */
const LIMITS = [1, 0.6, 0.45, 0.3, 0.15];
const BOUND = Math.log(19);
/** A rule with this number of wrong hits among its last uses is switched off alone. */
const RULE_WINDOW = 50;
const RULE_WRONG = 2;

/**
 * Watches how many semantic hits are wrong, and tightens the cost limit when they are more than the budget allows.
 * Wald's sequential test of "a quarter of the budget" against "the budget", with 5 % error on either side.
 */
export class ErrorBudget {
  #state: ErrorBudgetState = 'watch';
  #step = 0;
  /** Log-likelihood ratio: above 0 speaks for too many wrong hits. */
  #evidence = 0;
  #audits = 0;
  #wrong = 0;
  readonly #rules = new Map<string, number[]>();
  readonly #limits: readonly number[];
  readonly #forWrong: number;
  readonly #forRight: number;

  /** @param budget share of hits that may be wrong @param limit the owner's cost limit */
  constructor(budget: number, limit: number) {
    this.#limits = [limit, ...LIMITS.filter((step) => step < limit)];
    this.#forWrong = Math.log(4);
    this.#forRight = Math.log((1 - budget) / (1 - budget / 4));
  }

  get state(): ErrorBudgetState {
    return this.#state;
  }

  /** The cost limit in force; negative when nothing may be served. */
  get limit(): number {
    return this.#limits[this.#step] ?? -1;
  }

  get auditShare(): number {
    return AUDIT_SHARE[this.#state];
  }

  get counts(): { readonly audits: number; readonly wrong: number } {
    return { audits: this.#audits, wrong: this.#wrong };
  }

  /** @param rules names of what differed */
  record(isWrong: boolean, rules: readonly string[]): void {
    this.#audits++;
    if (isWrong) this.#wrong++;
    for (const rule of new Set(rules)) {
      const uses = this.#rules.get(rule) ?? [];
      uses.push(isWrong ? 1 : 0);
      this.#rules.set(rule, uses.slice(-RULE_WINDOW));
    }
    this.#evidence += isWrong ? this.#forWrong : this.#forRight;
    // Once open, old right answers do not make up for new wrong ones.
    if (this.#state === 'open') this.#evidence = Math.max(0, this.#evidence);
    if (this.#evidence >= BOUND) this.#tighten();
    else if (this.#evidence <= -BOUND) this.#loosen();
  }

  isRuleOff(rule: string): boolean {
    const uses = this.#rules.get(rule);
    return uses !== undefined && uses.reduce((sum, wrong) => sum + wrong, 0) >= RULE_WRONG;
  }

  #tighten(): void {
    this.#step = Math.min(this.#step + 1, this.#limits.length);
    this.#state = this.limit < 0 ? 'off' : 'watch';
    this.#evidence = 0;
  }

  #loosen(): void {
    // What was tightened is taken back step by step, and watched again.
    this.#state = this.#step > 0 ? 'watch' : 'open';
    this.#step = Math.max(0, this.#step - 1);
    this.#evidence = 0;
  }
}
