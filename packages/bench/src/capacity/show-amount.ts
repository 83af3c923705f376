/** Three digits are more than the model knows. */
export function amount(value: number): string {
  if (value !== 0 && value < 0.1) return '< 0.1'
  const digits = value < 10 && !Number.isInteger(value) ? 1 : 0
  const rounded = value < 1_000 ? value : Number(value.toPrecision(3))
  return rounded.toLocaleString('en', { maximumFractionDigits: digits })
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']

export function bytes(value: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3))
  const scaled = value / 1_000 ** power
  return `${scaled.toLocaleString('en', { maximumSignificantDigits: 3 })} ${UNITS[power]}`
}

export const percent = (share: number): string =>
  share !== 0 && share < 0.01 ? '< 1 %' : `${(share * 100).toFixed(0)} %`
