/** What has been spent of one budget, as accounts count it and alerts look at it. */
export interface BudgetUse {
  /** `key:<id>`, `project:<id>`, `user:<key id>:<user>`. */
  readonly id: string;
  /** As people know it: `key web`. */
  readonly label: string;
  /** Dollars. */
  readonly amount: number;
  readonly spent: number;
  /** Milliseconds since the epoch; `undefined` for a total budget. */
  readonly resetsAt: number | undefined;
}
