/** A text as it is compared, with where each of its code units came from. */
export interface FoldedText {
  readonly text: string
  /** Of the folded code unit `i`: the range of the original that it stands for. */
  readonly startOf: (i: number) => number
  readonly endOf: (i: number) => number
}

/** A character with what combines with it; halfwidth voice marks combine, though not by category. */
const CLUSTER = /\P{M}[\p{M}\uff9e\uff9f]*|\p{M}+/gu
const JAMO = /[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]+/gu
const NOT_ASCII = /[^ -~\s]/u

/**
 * Accents of alphabets, optional vowels of Hebrew and Arabic, tones of skin, variation selectors and
 * what is not seen. Marks that make another letter, as the voiced kana and the vowels of Indic
 * scripts, stay.
 */
const DROPPED = new RegExp(
  [
    '[\\u0300-\\u036f]',
    '[\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7]',
    '[\\u064b-\\u0652\\u0670]',
    '[\\ufe00-\\ufe0f]',
    '\\p{Emoji_Modifier}',
    '\\p{Cf}',
  ].join('|'),
  'gu',
)

const KNOWN_MAX = 20_000
const known = new Map<string, string>()

function foldCluster(cluster: string): string {
  const there = known.get(cluster)
  if (there !== undefined) return there
  const plain = cluster.normalize('NFKD').replaceAll(DROPPED, '')
  // Up and down again: the sharp s is two letters, and the two forms of the small sigma are one.
  const folded = plain.toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFKC')
  if (known.size >= KNOWN_MAX) known.clear()
  known.set(cluster, folded)
  return folded
}

/** What is not ASCII, with the character before, which it may combine with; or capitals. */
const TO_FOLD = /[\0-\x7f]?[^\0-\x7f]+|[A-Z]+(?![^\0-\x7f])/gu

/** The text of `foldText` alone: where it came from is not asked, and plain letters need no look. */
export function foldPlain(original: string): string {
  if (!NOT_ASCII.test(original)) return original.toLowerCase()
  return original.replaceAll(TO_FOLD, (part) =>
    NOT_ASCII.test(part) ? foldText(part).text : part.toLowerCase(),
  )
}

/** Compatibility forms, case and accents are gone; nothing of the order of the text is. */
export function foldText(original: string): FoldedText {
  if (!NOT_ASCII.test(original)) {
    return { text: original.toLowerCase(), startOf: (i) => i, endOf: (i) => i + 1 }
  }
  const parts: string[] = []
  const starts: number[] = []
  const ends: number[] = []
  const take = (cluster: string, at: number): void => {
    const folded = foldCluster(cluster)
    parts.push(folded)
    for (let i = 0; i < folded.length; i += 1) {
      starts.push(at)
      ends.push(at + cluster.length)
    }
  }
  let at = 0
  const takeClusters = (to: number): void => {
    for (const { 0: cluster, index } of original.slice(at, to).matchAll(CLUSTER)) {
      take(cluster, at + index)
    }
  }
  // Korean that is spelled out in its parts, as some systems store it, is put together first.
  for (const { 0: jamo, index } of original.matchAll(JAMO)) {
    takeClusters(index)
    take(jamo, index)
    at = index + jamo.length
  }
  takeClusters(original.length)
  return {
    text: parts.join(''),
    startOf: (i) => starts[i] ?? original.length,
    endOf: (i) => ends[i] ?? original.length,
  }
}
