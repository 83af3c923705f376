import { setTimeout as sleep } from 'node:timers/promises'

/** A list that is stored in MySQL and used from memory, the same in every process. */
export interface KeptList<Content> {
  /** `undefined` until it was read for the first time. */
  readonly content: () => Content | undefined
}

export interface KeptLists {
  /** Lists are named before `start`. */
  readonly keep: <Content>(name: string, load: () => Promise<Content>) => KeptList<Content>
  /** All lists were read, and looked at within the last two seconds. */
  readonly areFresh: () => boolean
  /** Reads those that have changed. Never rejects: what is known is used on. */
  readonly refresh: () => Promise<void>
  readonly start: () => void
  readonly stop: () => Promise<void>
}

export interface KeptListsPorts {
  readonly readVersions: () => Promise<ReadonlyMap<string, number>>
  readonly onFailure: (error: unknown) => void
  readonly now?: () => number
}

const LOOK_EVERY_MS = 1_000
const FRESH_MS = 2_000

interface Kept {
  readonly load: () => Promise<unknown>
  version: number | undefined
  content: unknown
}

/** One look a second at versions, whatever there are of lists; a list is read when its version moved. */
export function createKeptLists(ports: KeptListsPorts): KeptLists {
  const now = ports.now ?? (() => performance.now())
  const lists = new Map<string, Kept>()
  const stopping = new AbortController()
  let freshUntil = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | undefined
  let running = Promise.resolve()

  async function look(): Promise<void> {
    const lookedAt = now()
    const versions = await ports.readVersions()
    for (const [name, list] of lists) {
      const version = versions.get(name) ?? 0
      if (list.version === version) continue
      // Read after its version: it may be newer than that, and is then read again.
      list.content = await list.load()
      list.version = version
    }
    freshUntil = lookedAt + FRESH_MS
  }

  async function lookOnce(): Promise<void> {
    try {
      await look()
    } catch (error) {
      ports.onFailure(error)
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await refresh()
      await sleep(LOOK_EVERY_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
    }
  }

  function refresh(): Promise<void> {
    looking ??= lookOnce().finally(() => {
      looking = undefined
    })
    return looking
  }

  return {
    keep<Content>(name: string, load: () => Promise<Content>) {
      const list: Kept = { load, version: undefined, content: undefined }
      lists.set(name, list)
      return { content: () => list.content as Content | undefined }
    },
    areFresh: () => now() < freshUntil,
    async refresh() {
      // One that is under way may have begun before the change that is to be seen.
      await looking
      await refresh()
    },
    start() {
      running = run()
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}
