export type Cell = string | number | boolean | null | undefined

/**
 * Names come from users: what would move the cursor, end a line or turn the direction is shown, not done.
 */
export const plain = (text: string): string =>
  text.replaceAll(
    /[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu,
    (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )

const shown = (cell: Cell): string => {
  if (cell === null || cell === undefined || cell === '') return '–'
  return plain(String(cell))
}

/** Columns that Chinese and emoji take in a terminal are two. */
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/u
const segments = new Intl.Segmenter()

const widthOf = (text: string): number =>
  Array.from(segments.segment(text), ({ segment }) => (WIDE.test(segment) ? 2 : 1)).reduce<number>(
    (sum, width) => sum + width,
    0,
  )

/** Columns as wide as what is in them; the last one is not filled up. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [head, ...rows.map((row) => row.map(shown))]
  const widths = head.map((_, at) => Math.max(...lines.map((line) => widthOf(line[at] ?? ''))))
  const fill = (cell: string, at: number): string =>
    at === head.length - 1 ? cell : cell + ' '.repeat((widths[at] ?? 0) - widthOf(cell))
  return lines.map((line) => `${line.map(fill).join('  ')}\n`).join('')
}

/** One thing: a name and a value a line. */
export function fields(values: Readonly<Record<string, Cell>>): string {
  const width = Math.max(...Object.keys(values).map((name) => name.length))
  return Object.entries(values)
    .map(([name, value]) => `${name.padEnd(width)}  ${shown(value)}\n`)
    .join('')
}
