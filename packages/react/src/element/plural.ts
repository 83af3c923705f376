/** The right one of some forms, with the count in place of `#`. `other` is for whatever is not named. */
export function createPlural(
  locale: string,
): (
  count: number,
  forms: Partial<Record<Intl.LDMLPluralRule, string>> & { other: string },
) => string {
  const rules = new Intl.PluralRules(locale)
  const numbers = new Intl.NumberFormat(locale)
  return (count, forms) =>
    (forms[rules.select(count)] ?? forms.other).replaceAll('#', () => numbers.format(count))
}
