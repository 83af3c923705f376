/** The least that a search tells apart: a word, or one character of a script without blanks. */
export interface Atom {
  readonly text: string
  /** In the folded text, in code units. */
  readonly start: number
  readonly end: number
  /** One character of Chinese, Japanese, Korean, Thai, … or an emoji: it is found inside a run. */
  readonly isChar: boolean
  /** The atom before is one too, and nothing is between them. */
  readonly isGlued: boolean
}

/** Scripts that are written without blanks between words, or, as Korean, with endings at words. */
const CHARS =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Bopomofo}' +
  '\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\p{Script=Tibetan}ー々〆〇'
const EMOJI = '[\\p{Emoji_Presentation}\\p{Extended_Pictographic}\\p{Regional_Indicator}]'
const ATOM = new RegExp(
  `([${CHARS}]\\p{M}*|${EMOJI})|(?:(?![${CHARS}])[\\p{L}\\p{N}\\p{M}])+`,
  'gu',
)

/** In their order. Everything between them is left out: blanks, punctuation, symbols. */
export function splitAtoms(folded: string): Atom[] {
  const atoms: Atom[] = []
  let before: Atom | undefined
  for (const match of folded.matchAll(ATOM)) {
    const [text, char] = match
    const start = match.index
    const isChar = char !== undefined
    const isGlued = isChar && before?.isChar === true && before.end === start
    before = { text, start, end: start + text.length, isChar, isGlued }
    atoms.push(before)
  }
  return atoms
}

const WORD = /[0-9a-z]+/gu
const ASCII = /^[\0-\x7f]*$/u

/** Words of a text that has nothing but plain letters; `null` if it has more. */
export const splitPlain = (folded: string): string[] | null =>
  ASCII.test(folded) ? (folded.match(WORD) ?? []) : null
