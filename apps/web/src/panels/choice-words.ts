export interface NumberChoice {
  readonly value: string
  readonly label: string
}

/** A span of time in one unit: `5 seconds`, `1 hour`, `30 days`. */
export function spanWords(seconds: number): string {
  const units = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
    ['second', 1],
  ] as const
  const [name, size] = units.find(([, each]) => seconds >= each && seconds % each === 0) ?? [
    'second',
    1,
  ]
  const count = seconds / size
  return `${count.toLocaleString('en')} ${name}${count === 1 ? '' : 's'}`
}

/**
 * Choices of a select for a number. What somebody else has set by another way is one of them too.
 * `null` in `numbers` is said as `none`.
 */
export function numberChoices(
  numbers: readonly (number | null)[],
  now: number | null,
  label: (value: number) => string,
  none: string,
): readonly NumberChoice[] {
  const all = numbers.includes(now) ? numbers : [...numbers, now]
  return all
    .toSorted((a, b) => (a ?? -1) - (b ?? -1))
    .map((value) => ({
      value: String(value),
      label: value === null ? none : label(value),
    }))
}

export const numberOf = (value: string): number | null => (value === 'null' ? null : Number(value))
