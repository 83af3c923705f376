import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { ParleyError } from '@parley/message-schema'

export interface PasswordHash {
  readonly hash: (password: string) => Promise<string>
  /** Takes as long when there is nothing to compare with: a name's existence is not told by time. */
  readonly verify: (passwordHash: string | null, password: string) => Promise<boolean>
}

/** OWASP's first choice for argon2id, which is this library's default algorithm. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Each takes 19 MiB and a thread of libuv's four, which file and DNS work shares. */
const AT_ONCE = 4
const WAITING = 64

/** At most `atOnce` run and `waiting` wait; who comes after that is told to come back. */
export function createQueue(
  atOnce: number,
  waiting: number,
): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let running = 0
  const queue: (() => void)[] = []
  return async (work) => {
    if (running < atOnce) running += 1
    else {
      if (queue.length >= waiting) throw new ParleyError('SERVER_BUSY', { retryAfterMs: 1_000 })
      await new Promise<void>((resolve) => queue.push(resolve))
    }
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}

export function createPasswordHash(): PasswordHash {
  const queued = createQueue(AT_ONCE, WAITING)
  let nobody: Promise<string> | undefined
  return {
    hash: (password) => queued(() => hash(password, COST)),
    verify: (passwordHash, password) =>
      queued(async () => {
        nobody ??= hash(randomBytes(32), COST)
        const isRight = await verify(passwordHash ?? (await nobody), password)
        return isRight && passwordHash !== null
      }),
  }
}
