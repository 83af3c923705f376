import { createReadStream } from 'node:fs'
import { HistoryLine } from './history-line.ts'

/** The format that this checker reads. */
export const HISTORY_FORMAT = 1

/** Longer than any answer: the messages of a whole room, after hours of load, are one line. */
const LONGEST_LINE = 256 * 1_024 * 1_024

/** What is wrong with a history, and in which line. */
export class HistoryError extends Error {
  readonly line: number

  constructor(line: number, says: string) {
    super(`Line ${line} of the history ${says}`)
    this.name = 'HistoryError'
    this.line = line
  }
}

function parseJson(text: string, line: number): unknown {
  if (text.trim() === '') throw new HistoryError(line, 'is empty.')
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new HistoryError(line, `is not JSON: ${why}`)
  }
}

function parseLine(text: string, line: number): HistoryLine {
  const value = parseJson(text, line)
  const read = HistoryLine.safeParse(value)
  if (line === 1) requireFormat(value)
  if (!read.success) {
    const says = read.error.issues.map(({ path, message }) =>
      path.length === 0 ? message : `${path.join('.')}: ${message}`,
    )
    throw new HistoryError(line, `is not as the format says. ${says.join('; ')}`)
  }
  if (line > 1 && read.data.kind === 'run') {
    throw new HistoryError(line, 'begins another run: one file is one run.')
  }
  return read.data
}

function requireFormat(value: unknown): void {
  const first = typeof value === 'object' && value !== null ? value : {}
  if (!('kind' in first) || first.kind !== 'run') {
    throw new HistoryError(1, "is not of the kind 'run': that is how a history begins.")
  }
  const format = 'format' in first ? first.format : undefined
  if (format !== HISTORY_FORMAT) {
    const named = JSON.stringify(format) ?? 'none'
    throw new HistoryError(1, `says format ${named}; this checker reads ${HISTORY_FORMAT}.`)
  }
}

/** The lines of chunks of text, however they were cut. */
async function* splitLines(
  chunks: AsyncIterable<string>,
  longestLine: number,
): AsyncGenerator<string[]> {
  let rest = ''
  let count = 0
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    count += lines.length
    yield lines
    if (rest.length > longestLine) {
      throw new HistoryError(count + 1, `is longer than ${longestLine} characters.`)
    }
  }
  if (rest !== '') yield [rest]
}

/** Line by line, however long the file is. What is no history throws a `HistoryError`. */
export async function* readHistory(
  path: string,
  longestLine = LONGEST_LINE,
): AsyncGenerator<HistoryLine, void> {
  let line = 0
  const chunks = createReadStream(path, { encoding: 'utf8', highWaterMark: 1_024 * 1_024 })
  for await (const texts of splitLines(chunks, longestLine)) {
    for (const text of texts) {
      line += 1
      yield parseLine(text, line)
    }
  }
  if (line === 0) throw new HistoryError(1, 'is missing: the file is empty.')
}
