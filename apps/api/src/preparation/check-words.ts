import type { LogCommandOf } from '@parley/message-schema'
import { createMatchWords, maskSpans, type Span, type WordEntry } from './match-words.ts'

export type WordFindings = NonNullable<LogCommandOf<'message:send'>['words']>
type Payload = Record<string, unknown>

/** What is said by a message; `undefined` where nothing of the list is in it. */
export type CheckWords = (
  text: string | undefined,
  payload: Payload | undefined,
) => WordFindings | undefined

interface Found {
  isRejected: boolean
  readonly reported: Set<string>
}

const REPORTED_MAX = 5

/** The same value, with each string in it replaced. What is not changed is not copied. */
function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map((item) => mapStrings(item, change))
    return items.every((item, index) => item === value[index]) ? value : items
  }
  const fields = Object.entries(value).map(
    ([name, field]) => [name, field, mapStrings(field, change)] as const,
  )
  if (fields.every(([, before, after]) => before === after)) return value
  return Object.fromEntries(fields.map(([name, , after]) => [name, after]))
}

/** A message is refused as a whole for one word; else masked, and reported once. */
export function createCheckWords(entries: readonly WordEntry[]): CheckWords | undefined {
  if (entries.length === 0) return undefined
  const match = createMatchWords(entries)

  function mask(text: string, found: Found): string {
    if (found.isRejected) return text
    const spans: Span[] = []
    match(text, ({ word, action }, start, end) => {
      if (action === 'reject') found.isRejected = true
      else if (action === 'report') {
        if (found.reported.size < REPORTED_MAX) found.reported.add(word)
      } else {
        const last = spans.at(-1)
        // Of words in words one span is kept, so that there are never more than letters.
        if (last !== undefined && start <= last[1] && end >= last[0]) {
          spans[spans.length - 1] = [Math.min(start, last[0]), Math.max(end, last[1])]
        } else spans.push([start, end])
      }
      return found.isRejected
    })
    return spans.length === 0 ? text : maskSpans(text, spans)
  }

  return (text, payload) => {
    const found: Found = { isRejected: false, reported: new Set() }
    const newText = text === undefined ? undefined : mask(text, found)
    const newPayload = mapStrings(payload, (one) => mask(one, found)) as Payload | undefined
    if (found.isRejected) return { rejected: true }
    const hasNewText = newText !== text
    const hasNewPayload = newPayload !== payload
    if (!hasNewText && !hasNewPayload && found.reported.size === 0) return undefined
    return {
      rejected: false,
      ...(hasNewText && { text: newText }),
      ...(hasNewPayload && { payload: newPayload }),
      ...(found.reported.size > 0 && { report: `Word list: ${[...found.reported].join(', ')}` }),
    }
  }
}
