import { LIMITS } from '@parley/message-schema'

/** A row that came without its text if that is long: then `data` is null, and `bytes` says how long. */
export type Sized<Row extends { readonly data: string }> = Omit<Row, 'data'> & {
  readonly data: string | null
  readonly bytes: number
}

/**
 * Rows of an answer are bounded by count, and a text has up to 80,000 bytes: so long ones stay where they
 * are until it is known which of them fit. The parameter is `inlineBytes`.
 */
export const sized = (data: string): string =>
  `IF(OCTET_LENGTH(${data}) > ?, NULL, ${data}) AS data, OCTET_LENGTH(${data}) AS bytes`

/** What each of so many rows may have for all to fit: what is short comes with the first statement. */
export const inlineBytes = (rows: number): number =>
  Math.floor(LIMITS.answerBytes / Math.max(1, rows))

interface Weighed {
  readonly bytes: number
}

export const sumOfBytes = (rows: readonly Weighed[]): number =>
  rows.reduce((sum, { bytes }) => sum + bytes, 0)

/** The first rows that fit together: one at least, or nobody would ever get past it. */
export function fitting<Row extends Weighed>(
  rows: readonly Row[],
  most: number = LIMITS.answerBytes,
): readonly Row[] {
  let left = most
  const end = rows.findIndex(({ bytes }, index) => {
    left -= bytes
    return left < 0 && index > 0
  })
  return end === -1 ? rows : rows.slice(0, end)
}

/** The rows, with those read again that came without their text; up to one that is gone by then. */
export async function completed<Row extends { readonly seq: number; readonly data: string }>(
  rows: readonly Sized<Row>[],
  readAgain: (seqs: number[]) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const long = rows.filter(({ data }) => data === null)
  if (long.length === 0) return rows as unknown as readonly Row[]
  const again = await readAgain(long.map(({ seq }) => seq))
  const bySeq = new Map(again.map((row) => [row.seq, row]))
  const all = rows.map((row) => (row.data === null ? bySeq.get(row.seq) : (row as unknown as Row)))
  const gone = all.indexOf(undefined)
  return (gone === -1 ? all : all.slice(0, gone)) as Row[]
}
