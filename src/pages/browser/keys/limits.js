/** Limits of a key or project, in words and as bars. */
import { money, Time, whole } from '../parts/format.js';
import { classes, html } from '../parts/html.js';

const PERIODS = /** @type {Record<string, string>} */ ({
  day: 'a day',
  week: 'a week',
  month: 'a month',
  total: 'in all',
});

/** @typedef {{ name: string, label: string, unit: string, isForUsers: boolean }} CountLimit a limit that is a count: its field in JSON, what a form calls it, and what follows its number in a list */

/** @param {import('../parts/shell.js').Session} session @returns {readonly CountLimit[]} those of a key or project, then those that hold for each user of a key */
export function countLimits({ limits }) {
  const own = limits.map(({ field, label, unit }) => ({ name: field, label, unit, isForUsers: false }));
  const ofUsers = limits
    .filter(({ for_users }) => for_users)
    .map(({ field, label, unit }) => ({
      name: `user_${field}`,
      label: `${label}, each user`,
      unit: `${unit} a user`,
      isForUsers: true,
    }));
  return [...own, ...ofUsers];
}

/** @typedef {Omit<import('../parts/reply.js').Row<'/projects'>, 'keys'> & Partial<import('../parts/reply.js').Row<'/keys'>>} Holder a key or project */

/** @param {Holder} holder a key or project @param {readonly CountLimit[]} counts @returns {string[]} its limits, in short */
export function limitsInWords(holder, counts) {
  const { user_budget_usd, budget_period, models } = holder;
  const numbers = /** @type {Readonly<Record<string, any>>} */ (holder);
  return [
    ...counts.map(({ name, unit }) => numbers[name] && `${whole(numbers[name])} ${unit}`),
    user_budget_usd && `${money(user_budget_usd)} ${PERIODS[budget_period ?? ''] ?? ''} a user`,
    models && `only ${models.join(', ')}`,
  ].filter((text) => typeof text === 'string');
}

/** What is spent of a budget, what is reserved by calls under way, and what is left. @param {{ holder: Holder }} properties */
export function BudgetCell({ holder }) {
  const {
    budget_usd: budget,
    budget_period,
    spent_usd: spent,
    held_usd: held,
    remaining_usd: left,
    resets_at,
  } = holder;
  if (!budget)
    return html`<span class="budget-text">${money(spent)} <span class="hint">in all, no budget</span></span>`;
  const share = (/** @type {number | null | undefined} */ part) =>
    `${Math.min(100, Math.max(0, ((part ?? 0) / budget) * 100))}%`;
  const isLow = (left ?? budget) < budget * 0.1;
  return html`<div class="budget">
    <div class=${classes('budget-bar', isLow && 'low')} role="img" aria-label=${`${money(spent)} spent and ${money(held)} reserved of ${money(budget)}`}>
      <i class="spent" style=${{ width: share(spent) }}></i><i class="held" style=${{ width: share(held) }}></i>
    </div>
    <p class="budget-text">${money(spent)} <span class="hint">of ${money(budget)} ${PERIODS[budget_period ?? ''] ?? ''}${held ? `, ${money(held)} reserved` : ''}${resets_at ? html`, anew <${Time} at=${resets_at} dateOnly />` : ''}</span></p>
  </div>`;
}
