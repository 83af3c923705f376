import { EVERYWHERE, NOWHERE, RARE, topic, type RoomFill } from './filled-messages.ts'

/** One request of a client, asked of both sides. */
export interface Question {
  readonly name: string
  /** Whose token it is asked with. */
  readonly asker: 'reader' | 'member' | 'writer' | 'attentive'
  /** `nth`: of the requests that one batch makes. */
  readonly path: (log: RoomFill, nth: number) => string
  /** Requests of a batch, in one line and in eight. */
  readonly requests: number
  /** Both sides answer with as many; where they do not, as with what is in the room, `false`. */
  readonly isEqual: boolean
  /** What it costs that a longer log has more of, though not without bound; it is measured, and no goal. */
  readonly grows: string | null
}

const PAGE = 50
const EVENTS = 100
const EVENTS_PER_PAGE = 256
/** Places differ from request to request, but not more in a long log than in a short one. */
const PLACES = 1_000
const STEP = 389

const jitter = (nth: number): number => (nth * STEP) % PLACES
const headOf = ({ firstSeq, count }: RoomFill): number => firstSeq + count - 1
const placeAt = (log: RoomFill, share: number, nth: number): number =>
  log.firstSeq + Math.floor(share * (log.count - PLACES)) + jitter(nth)

const query = (parameters: Readonly<Record<string, string | number>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')

const about = (
  name: string,
  path: Question['path'],
  more: Partial<Omit<Question, 'name' | 'path'>> = {},
): Question => ({
  name,
  path,
  asker: 'reader',
  requests: 48,
  isEqual: true,
  grows: null,
  ...more,
})

const messages = (
  name: string,
  position: (log: RoomFill, nth: number) => Readonly<Record<string, number>>,
): Question =>
  about(
    `messages, ${name}`,
    (log, nth) =>
      `/v1/rooms/${log.roomId}/messages?${query({ ...position(log, nth), limit: PAGE })}`,
  )

const events = (name: string, after: (log: RoomFill, nth: number) => number): Question =>
  about(
    `events, ${name}`,
    (log, nth) =>
      `/v1/rooms/${log.roomId}/events?${query({ after: after(log, nth), limit: EVENTS })}`,
  )

const search = (name: string, q: string, more: Partial<Question> = {}): Question =>
  about(`search, ${name}`, ({ roomId }) => `/v1/search?${query({ q, roomId })}`, {
    requests: 24,
    ...more,
  })

export const QUESTIONS: readonly Question[] = [
  messages('the newest page', () => ({})),
  messages('before a place in the middle', (log, nth) => ({ before: placeAt(log, 0.5, nth) })),
  messages('around a place in the middle', (log, nth) => ({ around: placeAt(log, 0.5, nth) })),
  messages('after a place in the first quarter', (log, nth) => ({
    after: placeAt(log, 0.25, nth),
  })),
  messages('the oldest page', ({ firstSeq }) => ({ after: firstSeq - 1 })),
  about(
    'one message in the middle',
    (log, nth) => `/v1/rooms/${log.roomId}/messages/${placeAt(log, 0.5, nth)}`,
    {
      isEqual: false,
    },
  ),
  events('the newest', (log) => headOf(log) - EVENTS),
  events('after a place in the middle', (log, nth) => placeAt(log, 0.5, nth)),
  events('the oldest', () => 0),
  about(
    'events, a numbered page in the middle',
    (log) =>
      `/v1/rooms/${log.roomId}/events/pages/${Math.floor(headOf(log) / 2 / EVENTS_PER_PAGE)}`,
  ),
  about('rooms, a page of 50 of 1,000 with what is unread', () => '/v1/rooms?limit=50', {
    asker: 'member',
  }),
  about('unread of 1,000 rooms', () => '/v1/me/unread', { asker: 'member', requests: 16 }),
  about('unread of who wrote an eighth of a log and read all of it', () => '/v1/me/unread', {
    asker: 'attentive',
    requests: 24,
  }),
  about(
    'a room of who wrote an eighth of it and never read',
    ({ roomId }) => `/v1/rooms/${roomId}`,
    { asker: 'writer', requests: 2, grows: 'one’s own messages since one last read are counted' },
  ),
  search('a rare word', RARE),
  search('a word of one in a hundred', `"${topic(7)}"`),
  search('a word of one in a hundred, as it is typed', topic(7)),
  search('a word of every message', `"${EVERYWHERE}"`),
  search('a word of every message, as it is typed', EVERYWHERE),
  search('a common and a rare word', `${EVERYWHERE} ${RARE}`),
  search('no hit', NOWHERE),
  search('words that never meet', `"${topic(7)}" "${topic(8)}"`, {
    requests: 8,
    grows: 'one word is held against the other, up to 160,000 times a page',
  }),
  about('search, a rare word in 1,000 rooms', () => `/v1/search?${query({ q: RARE })}`, {
    asker: 'member',
    requests: 8,
  }),
  about('search, no hit in 1,000 rooms', () => `/v1/search?${query({ q: NOWHERE })}`, {
    asker: 'member',
    requests: 8,
  }),
  about(
    'search, a word as it is typed in 1,000 rooms',
    () => `/v1/search?${query({ q: topic(7) })}`,
    {
      asker: 'member',
      requests: 8,
    },
  ),
  about(
    'search, a word of every message, as it is typed in 1,000 rooms',
    () => `/v1/search?${query({ q: EVERYWHERE })}`,
    {
      asker: 'member',
      requests: 8,
      grows: 'up to 20,000 words that begin so are looked at for 500 rooms',
    },
  ),
]
