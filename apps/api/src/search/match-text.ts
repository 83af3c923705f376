import { foldText } from './fold-text.ts'
import type { ParsedQuery, QueryPhrase } from './parse-query.ts'
import { splitAtoms, type Atom } from './split-atoms.ts'

/** From and to (excluded) in code units of the text, ascending, without overlaps. */
export type Highlight = [start: number, end: number]

const MAX_HIGHLIGHTS = 50

function fits(asked: Atom, there: Atom, mayGoOn: boolean): boolean {
  if (asked.isChar !== there.isChar) return false
  return mayGoOn ? there.text.startsWith(asked.text) : there.text === asked.text
}

function isAt(phrase: QueryPhrase, atoms: readonly Atom[], at: number): boolean {
  const last = phrase.atoms.length - 1
  return phrase.atoms.every((asked, i) => {
    const there = atoms[at + i]
    if (there === undefined || !fits(asked, there, phrase.isPrefix && i === last)) return false
    return i === 0 || !asked.isGlued || there.isGlued
  })
}

function mergeRanges(ranges: readonly Highlight[]): Highlight[] {
  const merged: Highlight[] = []
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const before = merged.at(-1)
    if (before !== undefined && start <= before[1]) before[1] = Math.max(before[1], end)
    else merged.push([start, end])
  }
  return merged
}

/**
 * Whether every phrase is in one of the fields, and where in the first of them. This is what a search
 * means: the index only finds candidates for it.
 */
export function matchText(query: ParsedQuery, fields: readonly string[]): Highlight[] | null {
  const folded = fields.map((field) => {
    const fold = foldText(field)
    return { fold, atoms: splitAtoms(fold.text) }
  })
  const ranges: Highlight[] = []
  for (const phrase of query.phrases) {
    let isFound = false
    for (const [index, { fold, atoms }] of folded.entries()) {
      for (let at = 0; at < atoms.length; at += 1) {
        if (!isAt(phrase, atoms, at)) continue
        isFound = true
        if (index > 0 || ranges.length >= MAX_HIGHLIGHTS * MAX_HIGHLIGHTS) break
        const from = atoms[at]
        const to = atoms[at + phrase.atoms.length - 1]
        if (from === undefined || to === undefined) break
        // Of a word that goes on, as much as was typed.
        const end = phrase.isPrefix ? to.start + (phrase.atoms.at(-1)?.text.length ?? 0) : to.end
        ranges.push([fold.startOf(from.start), fold.endOf(end - 1)])
      }
    }
    if (!isFound) return null
  }
  return mergeRanges(ranges).slice(0, MAX_HIGHLIGHTS)
}
