import type { IndexedHistory } from './indexed-history.ts'

/** Something that is not as it must be, before it is known which check it is counted for. */
export interface Finding {
  readonly says: string
  readonly roomId?: string | undefined
  readonly lines: readonly number[]
}

export interface Answer {
  readonly looked: number
  readonly found: number
  readonly findings: readonly Finding[]
}

/** One thing that is asked of a history. Several checks may rest on the same one. */
export type Question = (history: IndexedHistory) => Answer

/** Counts the evidence and what is wrong with it; only the first `keep` are put into words. */
export class Inquiry implements Answer {
  looked = 0
  found = 0
  readonly findings: Finding[] = []
  readonly #keep: number

  constructor(keep: number) {
    this.#keep = keep
  }

  report(lines: readonly (number | undefined)[], says: () => string, roomId?: string): void {
    this.found += 1
    if (this.findings.length >= this.#keep) return
    const known = new Set(lines.filter((line) => line !== undefined))
    const sorted = [...known].toSorted((a, b) => a - b)
    this.findings.push({ says: says(), lines: sorted, ...(roomId !== undefined && { roomId }) })
  }
}
