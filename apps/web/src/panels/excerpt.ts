export interface ExcerptPart {
  readonly text: string
  readonly isMatch: boolean
}

type Range = readonly [from: number, to: number]

/** So many characters before the first match are shown, and so many in all. */
const BEFORE = 48
const LENGTH = 320

const isHighHalf = (code: number): boolean => code >= 0xd800 && code <= 0xdbff
const isLowHalf = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff

/** Not in the middle of a character. */
function whole(text: string, at: number): number {
  const isSplit = at > 0 && isHighHalf(text.charCodeAt(at - 1)) && isLowHalf(text.charCodeAt(at))
  return isSplit ? at + 1 : at
}

/** The beginning of a word at or after `at`, if one is near. */
function wordStart(text: string, at: number, before: number): number {
  const space = text.slice(at, before).search(/\s/u)
  return space === -1 ? whole(text, at) : at + space + 1
}

/**
 * A piece of a text around the first match, split where matches begin and end. Ranges are UTF-16 code
 * units, in any order; what is outside of the text is left out.
 */
export function excerptOf(text: string, ranges: readonly Range[]): readonly ExcerptPart[] {
  const inside = ranges
    .map(([from, to]): Range => [Math.max(0, from), Math.min(text.length, to)])
    .filter(([from, to]) => from < to)
    .toSorted((a, b) => a[0] - b[0])
  const first = inside[0]?.[0] ?? 0
  const start = first <= BEFORE ? 0 : wordStart(text, first - BEFORE, first)
  const end = whole(text, Math.min(text.length, start + LENGTH))
  const parts: ExcerptPart[] = []
  const add = (piece: string, isMatch: boolean): void => {
    if (piece !== '') parts.push({ text: piece, isMatch })
  }
  let at = start
  add(start > 0 ? '…' : '', false)
  for (const [from, to] of inside) {
    if (from >= end) break
    add(text.slice(at, Math.max(at, from)), false)
    add(text.slice(Math.max(at, from), Math.min(to, end)), true)
    at = Math.max(at, Math.min(to, end))
  }
  add(text.slice(at, end), false)
  add(end < text.length ? '…' : '', false)
  return parts
}
