const short = (value: number): string => {
  if (value >= 1_000_000) return `${round(value / 1_000_000)} M`
  if (value >= 1_000) return `${round(value / 1_000)} K`
  return round(value)
}

const round = (value: number): string => {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return String(Number(value.toFixed(digits)))
}

function seconds(value: number): string {
  if (value === 0) return '0'
  if (value < 0.001) return `${round(value * 1_000_000)} µs`
  if (value < 1) return `${round(value * 1_000)} ms`
  return `${round(value)} s`
}

function bytes(value: number): string {
  if (value >= 1024 ** 2) return `${round(value / 1024 ** 2)} MiB`
  if (value >= 1024) return `${round(value / 1024)} KiB`
  return `${round(value)} B`
}

/** As Grafana writes values of these units, or nearly. */
export function formatValue(value: number, unit: string): string {
  if (unit === 's') return seconds(value)
  if (unit === 'bytes') return bytes(value)
  if (unit === 'percentunit') return `${round(value * 100)} %`
  if (unit === 'reqps' || unit === 'cps') return `${short(value)}/s`
  return short(value)
}
