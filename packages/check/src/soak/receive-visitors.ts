import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createDeadline } from '../load/deadline.ts'
import { createRest, type Rest } from '../load/rest.ts'
import { inTurns, must } from '../load/set-stage.ts'
import { logIn, register, type Credentials } from '../load/sign-in.ts'
import { createSocketClient } from '../load/socket-client.ts'
import { integerBetween, seededRandom } from '../seeded-random.ts'
import type { OrderWatch } from './watch-order.ts'

export interface Visitors {
  readonly visits: number
  /** The first of what went wrong, in words. */
  readonly problems: readonly string[]
  /** They come and go until the signal ends it; resolves when the last is gone. */
  readonly receive: (signal: AbortSignal) => Promise<void>
}

export interface VisitorsOptions {
  readonly url: string
  readonly seed: number
  readonly watch: OrderWatch
}

const ACCOUNTS = 6
const EVERY_MS = 1_500
const LIVE_MS = 20_000
const MESSAGES = 3
const MOST_PROBLEMS = 20

/** People who sign in, make a room, say something, send a file, look around, and leave nothing behind. */
export async function inviteVisitors(options: VisitorsOptions): Promise<Visitors> {
  const { url, seed } = options
  const random = seededRandom(`${seed} visitors`)
  const suffix = randomBytes(4).toString('hex')
  const accounts = await inTurns(Array.from({ length: ACCOUNTS }), async (_, at) => {
    const username = `visitor-${at + 1}-${suffix}`
    const credentials = { username, password: randomBytes(12).toString('hex') }
    await register(url, credentials)
    return credentials
  })
  const problems: string[] = []
  let visits = 0
  const come = async (nth: number): Promise<void> => {
    const account = accounts[nth % ACCOUNTS]
    if (account === undefined) return
    const how = { isPolling: random() < 0.3, isSigningOut: random() < 0.5 }
    try {
      await visit(options, account, { ...how, name: `visitor-${nth}` })
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      if (problems.length < MOST_PROBLEMS) problems.push(`visitor ${nth}: ${problem}`)
    }
  }
  return {
    get visits() {
      return visits
    },
    problems,
    async receive(signal) {
      const there = new Set<Promise<void>>()
      while (!signal.aborted) {
        visits += 1
        const one = come(visits).finally(() => there.delete(one))
        there.add(one)
        if (there.size >= ACCOUNTS) await Promise.race(there)
        const pauseMs = integerBetween(random, EVERY_MS / 2, EVERY_MS * 1.5)
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
      }
      await Promise.all(there)
    },
  }
}

interface Visit {
  readonly name: string
  readonly isPolling: boolean
  readonly isSigningOut: boolean
}

async function visit(
  { url, watch }: VisitorsOptions,
  account: Credentials,
  { name, isPolling, isSigningOut }: Visit,
): Promise<void> {
  const signIn = await logIn(url, account)
  const rest = createRest(url, signIn.getToken)
  const via = isPolling ? ('polling' as const) : ('websocket' as const)
  const device = { name, userId: signIn.userId, via }
  const client = createSocketClient({ url, device, signIn, recorder: watch })
  try {
    client.start()
    const { signal, clear } = createDeadline(LIVE_MS)
    await client.live(signal)
    clear()
    if (!client.isLive()) throw new Error(`not connected within ${LIVE_MS / 1_000} s`)
    const roomId = await makeRoom(rest, name)
    await speak(rest, { url, roomId, token: await signIn.getToken(null) })
    await must(rest, { method: 'GET', path: `/v1/rooms/${roomId}/messages?limit=50` })
    await must(rest, { method: 'GET', path: `/v1/search?q=hello&roomId=${roomId}` })
    await must(rest, { method: 'DELETE', path: `/v1/rooms/${roomId}` })
  } finally {
    await client.close()
  }
  if (isSigningOut) await must(rest, { method: 'POST', path: '/v1/auth/logout' })
}

async function makeRoom(rest: Rest, name: string): Promise<string> {
  const body = { name, visibility: 'public', history: 'all' }
  const made = await must(rest, { method: 'POST', path: '/v1/rooms', body, key: randomUUID() })
  return (made['room'] as { id: string }).id
}

async function speak(
  rest: Rest,
  { url, roomId, token }: { url: string; roomId: string; token: string },
): Promise<void> {
  const say = (message: object): Promise<unknown> =>
    must(rest, {
      method: 'POST',
      path: `/v1/rooms/${roomId}/messages`,
      body: { clientMsgId: randomUUID(), ...message },
    })
  for (let n = 1; n <= MESSAGES; n += 1) await say({ text: `hello ${n}` })
  const uploaded = await fetch(new URL('/v1/uploads?name=note.txt', url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
    body: `a note of room ${roomId}`,
  })
  if (!uploaded.ok) throw new Error(`POST /v1/uploads answered ${uploaded.status}`)
  const { file } = (await uploaded.json()) as { file: { id: string } }
  await say({ attachments: [file.id] })
}
