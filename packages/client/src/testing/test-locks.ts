import type { TabLocks } from '../tabs/tab-lock.ts'

interface Claim {
  readonly owner: string
  readonly start: () => void
  readonly fail: (error: Error) => void
}

const aborted = (words: string): Error => new DOMException(words, 'AbortError')

/** Web Locks in memory: exclusive, in the order of the requests, freed when a tab dies. */
export function createTestLocks(
  /** A page that stands still hears of it later. */
  whenAwake: (owner: string, run: () => void) => void = (_, run) => run(),
) {
  const held = new Map<string, Claim>()
  const queues = new Map<string, Claim[]>()

  const grantNext = (name: string): void => {
    if (held.has(name)) return
    const next = queues.get(name)?.shift()
    if (next === undefined) return
    held.set(name, next)
    queueMicrotask(() => {
      whenAwake(next.owner, () => {
        if (held.get(name) === next) next.start()
      })
    })
  }
  const free = (name: string, claim: Claim): void => {
    if (held.get(name) !== claim) return
    held.delete(name)
    grantNext(name)
  }

  const ofTab = (owner: string): TabLocks => ({
    request: <Result>(
      name: string,
      options: { signal?: AbortSignal; steal?: boolean },
      hold: () => Promise<Result>,
    ): Promise<Result> =>
      new Promise<Result>((resolve, reject) => {
        const queue = queues.get(name) ?? []
        queues.set(name, queue)
        const claim: Claim = {
          owner,
          fail: reject,
          start: () => {
            hold()
              .then(resolve, reject)
              .finally(() => free(name, claim))
          },
        }
        options.signal?.addEventListener('abort', () => {
          const at = queue.indexOf(claim)
          if (at < 0) return
          queue.splice(at, 1)
          reject(aborted('given up'))
        })
        if (options.steal === true) {
          const robbed = held.get(name)
          held.delete(name)
          queue.unshift(claim)
          if (robbed) whenAwake(robbed.owner, () => robbed.fail(aborted('stolen')))
        } else queue.push(claim)
        grantNext(name)
      }),
  })

  return {
    ofTab,
    holderOf: (name: string): string | null => held.get(name)?.owner ?? null,
    /** What the browser does when a page is gone: nothing is told to it any more. */
    kill(owner: string): void {
      for (const [name, queue] of queues) {
        for (const claim of queue.filter((waiting) => waiting.owner === owner)) {
          queue.splice(queue.indexOf(claim), 1)
        }
        const holder = held.get(name)
        if (holder?.owner === owner) free(name, holder)
        else grantNext(name)
      }
    },
  }
}
