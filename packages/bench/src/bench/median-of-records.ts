/** A number, or a record of such. */
type Figure = number | { readonly [name: string]: Figure }

/** Of several measurements of the same: the median of each figure by itself. */
export function medianOfRecords<Figures extends object>(all: readonly Figures[]): Figures {
  return medianOf(all as unknown as readonly Figure[]) as unknown as Figures
}

function medianOf(all: readonly Figure[]): Figure {
  const [first] = all
  if (first === undefined) throw new Error('Nothing was measured.')
  if (typeof first === 'number') return middle(all as readonly number[])
  const records = all as readonly { readonly [name: string]: Figure }[]
  return Object.fromEntries(
    Object.keys(first).map((name) => [
      name,
      medianOf(records.map((one) => one[name] ?? Number.NaN)),
    ]),
  )
}

/** Of two in the middle what lies between. */
export function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  if (sorted.length % 2 === 1) return sorted[Math.floor(half)] ?? Number.NaN
  return ((sorted[half - 1] ?? Number.NaN) + (sorted[half] ?? Number.NaN)) / 2
}
