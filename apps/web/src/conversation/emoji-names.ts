import { isChinese } from './emoji-language.ts'
import type { SuggestQuery } from './use-suggest.ts'

/** An emoji, its name, its short names as they are written between colons, and other words for it. */
export type EmojiName = readonly [
  emoji: string,
  name: string,
  codes: readonly string[],
  words: readonly string[],
]

const SHOWN = 8
const LONGEST = 30

/** What is being written after a colon at the caret: `null` where it is no emoji. */
export function emojiAt(text: string, caret: number): SuggestQuery | null {
  const from = text.lastIndexOf(':', caret - 1)
  if (caret === 0 || from < 0 || caret - from > LONGEST) return null
  // A time and an address of the web are none; Chinese is written without blanks.
  if (/[\w:/]/u.test(text.slice(0, from).at(-1) ?? ' ')) return null
  const words = text.slice(from + 1, caret)
  // One letter is a face made of signs more often than not: `:D`. One sign in Chinese is a word.
  return /^(?:[\p{L}\p{N}_+-]{2,}|[^\P{L}a-z])$/iu.test(words) ? { from, words } : null
}

/** How well an emoji fits: the lower, the better. */
function rankOf([, name, codes, words]: EmojiName, begun: string): number | null {
  if (codes.includes(begun)) return 0
  if (codes.some((code) => code.startsWith(begun))) return 1
  const plain = begun.replaceAll('_', ' ')
  if (name.startsWith(plain)) return 2
  if (name.includes(` ${plain}`)) return 3
  return words.some((word) => word.startsWith(plain)) ? 4 : null
}

/** Those whose names begin so, the best ones first, else in the order of all emoji. */
export function findEmoji(names: readonly EmojiName[], words: string): readonly EmojiName[] {
  const begun = words.toLowerCase()
  const ranks: EmojiName[][] = [[], [], [], [], []]
  for (const each of names) {
    const rank = rankOf(each, begun)
    if (rank !== null) ranks[rank]?.push(each)
  }
  return ranks.flat().slice(0, SHOWN)
}

let loading: Promise<readonly EmojiName[]> | null = null

async function read(): Promise<readonly EmojiName[]> {
  const answer = await fetch(`/emoji/${isChinese() ? 'zh' : 'en'}/names.json`)
  if (!answer.ok) throw new Error(`the names of emoji: ${answer.status}`)
  const names: readonly EmojiName[] = await answer.json()
  return names
}

/** Read when somebody needs them first. */
export function loadEmojiNames(): Promise<readonly EmojiName[]> {
  loading ??= read().catch((error: unknown) => {
    loading = null
    throw error
  })
  return loading
}
