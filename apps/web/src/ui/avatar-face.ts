/** One or two letters that stand for a name: `Anna Lee` is AL, `李雷` is 李, an emoji stays whole. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u)
  const firsts = words.map((word) =>
    firstGrapheme(word.replace(/^[^\p{L}\p{N}\p{Extended_Pictographic}]+/u, '')),
  )
  const [first = ''] = firsts
  const last = firsts.length > 1 ? (firsts.at(-1) ?? '') : ''
  if (first === '') return '?'
  // Two signs of Chinese or an emoji do not fit, and one is enough.
  const isNarrow = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u
  const both = isNarrow.test(first) && isNarrow.test(last) ? first + last : first
  return both.toLocaleUpperCase()
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

function firstGrapheme(word: string): string {
  for (const { segment } of graphemes.segment(word)) return segment
  return ''
}

const COLOURS = 8

/** From 1 to 8, the same for the same id everywhere. */
export function avatarColour(seed: string): number {
  let hash = 0
  for (let at = 0; at < seed.length; at += 1) hash = (hash * 31 + seed.charCodeAt(at)) >>> 0
  return (hash % COLOURS) + 1
}
