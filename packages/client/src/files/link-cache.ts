import type { FileLink } from '@parley/message-schema'

export interface LinkCachePorts {
  /** Asks the server; its `url` is without a host. */
  readonly ask: (fileId: string, isThumbnail: boolean) => Promise<FileLink>
  readonly now: () => number
}

interface Entry {
  readonly link: Promise<string>
  readonly askedAt: number
  /** `Infinity` while it is asked for. */
  goodUntil: number
}

const LINKS = 2_000
/** Whoever is given one has so long to use it, at least. */
const MARGIN_MS = 60_000
/** What the server says of it is told by its clock: the device's may be another one. */
const LONGEST_MS = 15 * 60_000
const SHORTEST_MS = 2 * 60_000

/** One question for each file at a time; those that were not wanted for the longest time go first. */
export function createLinkCache({ ask, now }: LinkCachePorts) {
  const entries = new Map<string, Entry>()

  function request(key: string, fileId: string, isThumbnail: boolean): Promise<string> {
    const askedAt = now()
    const link = ask(fileId, isThumbnail).then(({ url, expiresAt }) => {
      const lastsMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, Date.parse(expiresAt) - askedAt))
      entry.goodUntil = askedAt + lastsMs - MARGIN_MS
      return url
    })
    const entry: Entry = { link, askedAt, goodUntil: Infinity }
    entries.set(key, entry)
    link.catch(() => {
      if (entries.get(key) === entry) entries.delete(key)
    })
    return link
  }

  return {
    get(fileId: string, isThumbnail: boolean): Promise<string> {
      const key = `${isThumbnail ? 'small' : 'whole'} ${fileId}`
      const entry = entries.get(key)
      entries.delete(key)
      // Asked for later than now: the clock was set back, and how old it is nobody knows.
      if (entry !== undefined && entry.goodUntil > now() && entry.askedAt <= now()) {
        entries.set(key, entry)
        return entry.link
      }
      const oldest = entries.keys().next()
      if (entries.size >= LINKS && oldest.done !== true) entries.delete(oldest.value)
      return request(key, fileId, isThumbnail)
    },
    forget(fileId: string): void {
      entries.delete(`small ${fileId}`)
      entries.delete(`whole ${fileId}`)
    },
  }
}
