import type { BlockedWord } from '@parley/message-schema'
import { createFindPatterns, type FindPatterns } from './find-patterns.ts'
import { FAR, foldText, PART, type FoldedText } from './fold-text.ts'

export type WordEntry = Pick<BlockedWord, 'word' | 'mode' | 'action' | 'lookalikes'>

/**
 * Called for each word of the list in a text, with UTF-16 offsets, the end excluded. `true` ends it.
 */
export type OnWord = (entry: WordEntry, start: number, end: number) => boolean

export type MatchWords = (text: string, onWord: OnWord) => void

interface Pattern {
  readonly entry: WordEntry
  readonly letters: readonly number[]
  /** Letters before which there is something: of `kill them` the fifth. */
  readonly gapsAt: readonly number[]
  readonly isSpaceless: boolean
  /** So many letters, each by itself, are the word and no accident: `b a d`. */
  readonly spelledFrom: number
}

/** How many of something there are up to each letter, so that every range costs the same. */
type Sums = Int32Array<ArrayBuffer>

interface Text extends FoldedText {
  readonly anyGaps: Sums
  readonly parts: Sums
  readonly farGaps: Sums
  readonly trueLetters: Sums
}

function sumsOf(values: readonly (boolean | number)[], counts: (value: never) => boolean): Sums {
  const sums = new Int32Array(values.length)
  let sum = 0
  for (let at = 0; at < values.length; at += 1) {
    if (counts(values[at] as never)) sum += 1
    sums[at] = sum
  }
  return sums
}

function readText(text: string, byLook: boolean): Text {
  const folded = foldText(text, byLook)
  const { gaps, isLetter } = folded
  return {
    ...folded,
    anyGaps: sumsOf(gaps, (gap: number) => gap !== 0),
    parts: sumsOf(gaps, (gap: number) => (gap & PART) !== 0),
    farGaps: sumsOf(gaps, (gap: number) => (gap & FAR) !== 0),
    trueLetters: sumsOf(isLetter, (is: boolean) => is),
  }
}

/** Behind the first letter, up to the last. */
const within = (sums: Sums, first: number, last: number): number =>
  (sums[last] ?? 0) - (sums[first] ?? 0)

function toPattern(entry: WordEntry, byLook: boolean): Pattern {
  const { letters, gaps, isSpaceless } = foldText(entry.word, byLook)
  const hasCase = /[\p{Lu}\p{Ll}]/u.test(entry.word)
  return {
    entry,
    letters,
    gapsAt: gaps.flatMap((gap, at) => (gap !== 0 && at > 0 ? [at] : [])),
    isSpaceless: isSpaceless.every(Boolean),
    spelledFrom: hasCase ? 3 : 2,
  }
}

/**
 * What may stand between the letters: nothing; dots and dashes; anything, if it stands between all of
 * them; anything in scripts without spaces; or what stands there in the list.
 */
function mayBeApart(text: Text, pattern: Pattern, first: number, last: number): boolean {
  const gaps = within(text.anyGaps, first, last)
  if (gaps === 0) return true
  const { gapsAt, isSpaceless, spelledFrom } = pattern
  if (gaps === gapsAt.length && gapsAt.every((at) => text.gaps[first + at] !== 0)) return true
  if (within(text.farGaps, first, last) > 0) return false
  if (isSpaceless || within(text.parts, first, last) === 0) return true
  return gaps === last - first && last - first + 1 >= spelledFrom
}

/** Whether one word ends and another begins before this letter. */
const isEdge = ({ letters, gaps, isSpaceless }: Text, at: number): boolean =>
  at === 0 || at === letters.length || gaps[at] !== 0 || isSpaceless[at - 1] !== isSpaceless[at]

function isWord(text: Text, pattern: Pattern, first: number, last: number): boolean {
  if (pattern.entry.mode === 'anywhere' || pattern.isSpaceless) return true
  return isEdge(text, first) && isEdge(text, last + 1)
}

interface Search {
  readonly patterns: readonly Pattern[]
  readonly find: FindPatterns
  readonly byLook: boolean
}

function createSearch(entries: readonly WordEntry[], byLook: boolean): Search {
  const patterns = entries
    .map((entry) => toPattern(entry, byLook))
    .filter(({ letters }) => letters.length > 0)
  return { patterns, byLook, find: createFindPatterns(patterns.map(({ letters }) => letters)) }
}

/** Whether it was ended. */
function search({ patterns, find, byLook }: Search, given: string, onWord: OnWord): boolean {
  const text = readText(given, byLook)
  let isEnded = false
  find(text.letters, (index, last) => {
    const pattern = patterns[index]
    if (pattern === undefined) return false
    const first = last - pattern.letters.length + 1
    // A number is not a word because its digits look like letters.
    const hasLetter =
      !byLook || text.isLetter[first] === true || within(text.trueLetters, first, last) > 0
    const isSaid =
      hasLetter && isWord(text, pattern, first, last) && mayBeApart(text, pattern, first, last)
    if (isSaid) isEnded = onWord(pattern.entry, text.starts[first] ?? 0, text.ends[last] ?? 0)
    return isEnded
  })
  return isEnded
}

/** What of the list is in a text. Linear in the text, whatever the length of the list. */
export function createMatchWords(entries: readonly WordEntry[]): MatchWords {
  const searches = [
    createSearch(entries, false),
    createSearch(
      entries.filter(({ lookalikes }) => lookalikes),
      true,
    ),
  ].filter(({ patterns }) => patterns.length > 0)
  return (text, onWord) => {
    for (const one of searches) if (search(one, text, onWord)) return
  }
}

/** UTF-16 offsets, the end excluded. */
export type Span = readonly [start: number, end: number]

/** As many characters as before: only blanks stay between the stars. */
export function maskSpans(text: string, spans: readonly Span[]): string {
  let masked = ''
  let at = 0
  for (const [start, end] of spans.toSorted(([one], [other]) => one - other)) {
    if (end <= at) continue
    const from = Math.max(at, start)
    masked += text.slice(at, from)
    for (const character of text.slice(from, end)) masked += /\s/u.test(character) ? character : '*'
    at = end
  }
  return masked + text.slice(at)
}
