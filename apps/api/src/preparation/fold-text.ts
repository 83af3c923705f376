import { looksLike, mayEndWord, standsForLetter } from './lookalikes.ts'

/**
 * The letters of a text as words are compared: without case, accents, invisible characters and what
 * stands between them, each with its place. `gaps[i]` is what stands before letter `i`.
 */
export interface FoldedText {
  readonly letters: number[]
  /** UTF-16 offsets in the text, of the first unit and behind the last. */
  readonly starts: number[]
  readonly ends: number[]
  readonly gaps: number[]
  /** Written in a script that puts no spaces between words. */
  readonly isSpaceless: boolean[]
  /** A letter of its own, and no digit or sign that stands for one. */
  readonly isLetter: boolean[]
}

/** Joins more than it parts: dots, dashes, stars. */
const JOINT = 1
/** Blanks and apostrophes: `he’ll` is two. */
export const PART = 2
/** So much of it that what stands around it has nothing to do with each other. */
export const FAR = 4
const FAR_CHARACTERS = 8

/** A letter with its marks, however it is composed; the marks of halfwidth kana are letters. */
const CLUSTER = /[\u1100-\u115f][\u1160-\u11a7][\u11a8-\u11ff]?|\P{M}[\p{M}\uff9e\uff9f]*|\p{M}+/uy
const INVISIBLE = /\p{Cf}|[\u115f\u1160\u2800\u3164\uffa0]|\u17b4|\u17b5/gu
/** Accents, points and variations, but not what makes another letter of kana, or the vowels of India. */
const ACCENTS = /(?!\u3099|\u309a)(?=\p{M})[\p{Script=Inherited}\p{Script=Hebrew}]/gu
const LETTER = /[\p{L}\p{N}\p{M}]/u
const TRUE_LETTER = /[\p{L}\p{M}]/u
const SPACELESS =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const PARTS = /[\s\p{Z}\p{Cc}'’‘ʼ`´]/u

interface Cluster {
  /** Empty for what is none. */
  readonly letters: readonly number[]
  readonly isLetter: boolean
  /** Of what is no letter; 0 for what cannot be seen. */
  readonly gap: number
  /** What it stands for where it is in a word. */
  readonly sign: number | undefined
}

const KNOWN_MAX = 20_000
const KNOWN_LENGTH = 8
const known = new Map<string, Cluster>()

function foldCluster(cluster: string): Cluster {
  const plain = cluster
    .normalize('NFKD')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(INVISIBLE, '')
    .replaceAll(ACCENTS, '')
    .normalize('NFC')
  const letters = Array.from(plain)
    .filter((one) => LETTER.test(one))
    .map((one) => one.codePointAt(0) ?? 0)
  const code = plain.codePointAt(0)
  const sign = code !== undefined && standsForLetter(code) ? code : undefined
  const gap = plain === '' ? 0 : PARTS.test(cluster) ? PART : JOINT
  return { letters, isLetter: TRUE_LETTER.test(plain), gap, sign }
}

function clusterOf(text: string): Cluster {
  const there = known.get(text)
  if (there !== undefined) return there
  const cluster = foldCluster(text)
  if (text.length <= KNOWN_LENGTH) {
    // What people write repeats itself: it is soon known again.
    if (known.size >= KNOWN_MAX) known.clear()
    known.set(text, cluster)
  }
  return cluster
}

function isPlain(code: number): boolean {
  return code < 0x300
}

function lengthOfCluster(text: string, at: number): number {
  // Whatever is followed by no mark is by itself: most of what is written.
  const next = at + 1 < text.length ? text.charCodeAt(at + 1) : 0
  if (isPlain(text.charCodeAt(at)) && isPlain(next)) return 1
  CLUSTER.lastIndex = at
  return CLUSTER.exec(text)?.[0].length ?? 1
}

const spaceless = new Map<number, boolean>()

function isSpaceless(code: number): boolean {
  if (code < 0x0e00) return false
  const there = spaceless.get(code)
  if (there !== undefined) return there
  const is = SPACELESS.test(String.fromCodePoint(code))
  if (spaceless.size >= KNOWN_MAX) spaceless.clear()
  spaceless.set(code, is)
  return is
}

/** With `byLook` letters of other alphabets, digits and signs are what they look like. */
export function foldText(text: string, byLook: boolean): FoldedText {
  const folded: FoldedText = {
    letters: [],
    starts: [],
    ends: [],
    gaps: [],
    isSpaceless: [],
    isLetter: [],
  }
  let gap = 0
  let gapLength = 0
  for (let at = 0; at < text.length;) {
    const end = at + lengthOfCluster(text, at)
    const cluster = clusterOf(text.slice(at, end))
    const { letters, gap: kind, sign } = cluster
    const isBehindLetter = gap === 0 && folded.letters.length > 0
    const isSign =
      byLook &&
      sign !== undefined &&
      ((isBehindLetter && mayEndWord(sign)) || isBeforeLetter(text, end))
    const found = isSign ? [sign] : letters
    for (let index = 0; index < found.length; index += 1) {
      const code = found[index] ?? 0
      const letter = byLook ? looksLike(code) : code
      folded.letters.push(letter)
      folded.starts.push(at)
      folded.ends.push(end)
      folded.gaps.push(index > 0 ? 0 : gapLength > FAR_CHARACTERS ? gap | FAR : gap)
      folded.isSpaceless.push(isSpaceless(letter))
      folded.isLetter.push(!isSign && cluster.isLetter)
    }
    if (found.length > 0) {
      gap = 0
      gapLength = 0
    } else if (kind !== 0) {
      gap |= kind
      gapLength += 1
    }
    at = end
  }
  return folded
}

function isBeforeLetter(text: string, at: number): boolean {
  if (at >= text.length) return false
  const { letters, sign } = clusterOf(text.slice(at, at + lengthOfCluster(text, at)))
  return letters.length > 0 || sign !== undefined
}
