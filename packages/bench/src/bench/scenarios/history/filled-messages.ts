/** A room to fill: message `k` of `count`, from 0, is at `firstSeq + k`. */
export interface RoomFill {
  readonly roomId: string
  readonly senderIds: readonly string[]
  readonly count: number
  readonly firstSeq: number
  readonly firstMsgNo: number
  /** Of message 0, in seconds since 1970. */
  readonly startS: number
  /** From one message to the next. */
  readonly stepS: number
}

/** In every message. */
export const EVERYWHERE = 'note'
/** In five messages of a room, however many it has. */
export const RARE = 'quokka'
/** In none. */
export const NOWHERE = 'walrus'

const TOPICS = 100
/** A prime, so that no topic always meets the same items. */
const ITEMS = 9_973

const digits = (value: number, count: number): string => String(value).padStart(count, '0')
export const topic = (n: number): string => `topic${digits(n % TOPICS, 2)}`
const item = (n: number): string => `item${digits(n % ITEMS, 5)}`

/** Messages that hold the rare word: as many in a short log as in a long one, spread in the same way. */
export const rarePlaces = (count: number): number[] => [
  ...new Set([0.1, 0.3, 0.5, 0.7, 0.9].map((share) => Math.floor(share * count))),
]

export function textOf(k: number, count: number): string {
  const rare = rarePlaces(count).includes(k) ? ` ${RARE}` : ''
  return `${EVERYWHERE} ${topic(k)} ${item(k)}${rare}`
}
