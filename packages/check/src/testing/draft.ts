import { isDeepStrictEqual } from 'node:util'
import type { HistoryLine } from '../history/history-line.ts'

type Fields = Readonly<Record<string, unknown>>

/** A history that is being changed. Lines are known by themselves, as their numbers move. */
export class Draft {
  readonly lines: HistoryLine[]

  constructor(lines: HistoryLine[]) {
    this.lines = lines
  }

  all(like: Fields): HistoryLine[] {
    const isLike = (line: Fields): boolean =>
      Object.entries(like).every(([name, value]) => isDeepStrictEqual(line[name], value))
    return this.lines.filter(isLike)
  }

  find(like: Fields): HistoryLine {
    const [line] = this.all(like)
    if (line === undefined) throw new Error(`No line is like ${JSON.stringify(like)}.`)
    return line
  }

  drop(line: HistoryLine): void {
    this.lines.splice(this.lines.indexOf(line), 1)
  }

  /** A line with changes in its own place. */
  change(line: HistoryLine, changes: Fields): HistoryLine {
    const changed = { ...structuredClone(line), ...changes }
    this.lines[this.lines.indexOf(line)] = changed
    return changed
  }

  repeat(line: HistoryLine, changes: Fields = {}, after: HistoryLine = line): HistoryLine {
    const copy = { ...structuredClone(line), ...changes }
    this.add(copy, after)
    return copy
  }

  add(line: HistoryLine, after?: HistoryLine): HistoryLine {
    const place = after === undefined ? this.lines.length : this.lines.indexOf(after) + 1
    this.lines.splice(place, 0, line)
    return line
  }

  swap(one: HistoryLine, other: HistoryLine): void {
    const [a, b] = [this.lines.indexOf(one), this.lines.indexOf(other)]
    this.lines[a] = other
    this.lines[b] = one
  }

  numberOf(line: HistoryLine): number {
    return this.lines.indexOf(line) + 1
  }
}
