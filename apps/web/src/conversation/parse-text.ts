import { linkifyit } from 'linkify-it'

/** What a text is made of, in its order. Everything is shown as text: nothing of it is markup. */
export type TextPart =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }
  | { readonly kind: 'mention'; readonly text: string; readonly userId: string | null }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'block'; readonly text: string; readonly language: string }

export interface Mentionable {
  /** `null`: everybody (`@room`, `@here`). */
  readonly userId: string | null
  readonly name: string
}

const linkify = linkifyit({ fuzzyLink: true })
// Only what cannot run in a page.
const SAFE = /^(?:https?:|mailto:)/iu
// It stands on lines of its own: the breaks around it are not shown as well.
const BLOCK = /\n?```([\w+#-]{0,20})\n?([\s\S]+?)```\n?/gu
const CODE = /`([^`\n]+)`/gu

/** `mentioned` are those whom the message mentions: a name that only looks so is no mention. */
export function parseText(text: string, mentioned: readonly Mentionable[] = []): TextPart[] {
  return split(text, BLOCK, ([, language = '', code = '']) => ({
    kind: 'block',
    language,
    text: code.replace(/\n$/u, ''),
  })).flatMap((part) =>
    part.kind === 'words'
      ? split(part.text, CODE, ([, code = '']) => ({ kind: 'code', text: code })).flatMap((piece) =>
          piece.kind === 'words' ? parseWords(piece.text, mentioned) : [piece],
        )
      : [part],
  )
}

function split(
  text: string,
  pattern: RegExp,
  toPart: (match: RegExpMatchArray) => TextPart,
): TextPart[] {
  const parts: TextPart[] = []
  let at = 0
  for (const match of text.matchAll(pattern)) {
    if (match.index > at) parts.push({ kind: 'words', text: text.slice(at, match.index) })
    parts.push(toPart(match))
    at = match.index + match[0].length
  }
  if (at < text.length) parts.push({ kind: 'words', text: text.slice(at) })
  return parts
}

function parseWords(text: string, mentioned: readonly Mentionable[]): TextPart[] {
  const parts: TextPart[] = []
  let at = 0
  for (const { index, lastIndex, url, text: shown } of linkify.match(text) ?? []) {
    if (!SAFE.test(url)) continue
    if (index > at) parts.push(...parseMentions(text.slice(at, index), mentioned))
    parts.push({ kind: 'link', text: shown, href: url })
    at = lastIndex
  }
  if (at < text.length) parts.push(...parseMentions(text.slice(at), mentioned))
  return parts
}

const escape = (name: string): string => name.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&')

function parseMentions(text: string, mentioned: readonly Mentionable[]): TextPart[] {
  const named = mentioned.filter(({ name }) => name !== '')
  if (named.length === 0) return [{ kind: 'words', text }]
  // The longest first: `@Anna Maria` is not `@Anna`.
  const names = named.toSorted((a, b) => b.name.length - a.name.length)
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}])@(${names.map(({ name }) => escape(name)).join('|')})(?![\\p{L}\\p{N}])`,
    'giu',
  )
  return split(text, pattern, ([whole, name = '']) => ({
    kind: 'mention',
    text: whole,
    userId: names.find((one) => one.name.toLowerCase() === name.toLowerCase())?.userId ?? null,
  }))
}

const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Component}|\s)+$/u

/** Up to three emoji and nothing else: they are shown larger. */
export function isEmojiOnly(text: string): boolean {
  const words = text.trim()
  // Digits are emoji components too.
  if (words === '' || words.length > 40 || !ONLY_EMOJI.test(words)) return false
  if (!/\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(words)) return false
  const shown = [...new Intl.Segmenter().segment(words)].filter(({ segment }) => segment.trim())
  return shown.length <= 3
}
