import type { SearchQuery } from '@parley/client'
import type { User } from '@parley/message-schema'

/** What is looked for. Days are `2026-05-03`, as this reader counts them; empty: not limited. */
export interface SearchForm {
  readonly words: string
  readonly isEverywhere: boolean
  readonly from: Pick<User, 'id' | 'displayName' | 'username' | 'avatarUrl'> | null
  readonly hasFile: boolean
  readonly hasLink: boolean
  readonly since: string
  readonly until: string
}

export const EMPTY_FORM: SearchForm = {
  words: '',
  isEverywhere: false,
  from: null,
  hasFile: false,
  hasLink: false,
  since: '',
  until: '',
}

export const MOST_WORDS = 400

/** The beginning of a day here, `days` later; `null`: it is no day. */
function beginningOf(day: string, days = 0): string | null {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/u.exec(day) ?? []
  if (year === undefined) return null
  const time = new Date(Number(year), Number(month) - 1, Number(date) + days)
  return Number.isNaN(time.getTime()) ? null : time.toISOString()
}

/** What is asked for; `null` while there is nothing to look for. */
export function searchQuery(form: SearchForm, roomId: string): SearchQuery | null {
  const q = form.words.trim().slice(0, MOST_WORDS)
  const has = [
    ...(form.hasFile ? (['file'] as const) : []),
    ...(form.hasLink ? (['link'] as const) : []),
  ]
  if (q === '' && form.from === null && has.length === 0) return null
  const after = beginningOf(form.since)
  // All of the last day.
  const before = beginningOf(form.until, 1)
  return {
    q,
    ...(!form.isEverywhere && { roomId }),
    ...(form.from !== null && { from: form.from.id }),
    ...(has.length > 0 && { has }),
    ...(after !== null && { after }),
    ...(before !== null && { before }),
  }
}

/** How many filters are on, beside the words. */
export const filterCount = ({ from, hasFile, hasLink, since, until }: SearchForm): number =>
  [from !== null, hasFile, hasLink, since !== '' || until !== ''].filter(Boolean).length
