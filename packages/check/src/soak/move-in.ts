import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createDeadline } from '../load/deadline.ts'
import type { LoadClient } from '../load/load-client.ts'
import { createSdkClient } from '../load/sdk-client.ts'
import { must } from '../load/set-stage.ts'
import { createRest } from '../load/rest.ts'
import { logIn, register } from '../load/sign-in.ts'
import { createSocketClient } from '../load/socket-client.ts'
import { untilTrue } from '../load/until-true.ts'
import type { OrderWatch } from './watch-order.ts'

/** Clients that stay from the beginning to the end, in one room, and talk all the time. */
export interface Residents {
  readonly sockets: number
  readonly said: number
  /** Has them all reach the head, and answers in words what they have not. */
  readonly leave: () => Promise<string[]>
}

const EVERY_MS = 1_000
const LIVE_MS = 30_000
const TRIES = 20
const PAUSE_MS = 500

export async function moveIn(url: string, watch: OrderWatch): Promise<Residents> {
  const username = `resident-${randomBytes(4).toString('hex')}`
  const credentials = { username, password: randomBytes(12).toString('hex') }
  const owner = await register(url, credentials)
  const rest = createRest(url, owner.getToken)
  const body = { name: 'residents', visibility: 'public', history: 'all' }
  const made = await must(rest, { method: 'POST', path: '/v1/rooms', body, key: randomUUID() })
  const { id: roomId, head } = made['room'] as { id: string; head: number }
  const { userId } = owner
  const open = async (name: string, via: 'sdk' | 'websocket' | 'polling'): Promise<LoadClient> => {
    const signIn = await logIn(url, credentials)
    const recorder = watch
    if (via === 'sdk') {
      const device = { name, userId, via }
      return createSdkClient({ url, device, signIn, recorder, roomIds: [roomId] })
    }
    const device = { name, userId, via }
    return createSocketClient({ url, device, signIn, recorder, from: { [roomId]: head } })
  }
  const clients = [
    await open('resident-sdk', 'sdk'),
    await open('resident-websocket', 'websocket'),
    await open('resident-polling', 'polling'),
  ]
  for (const client of clients) client.start()
  await within(LIVE_MS, (signal) => Promise.all(clients.map((client) => client.live(signal))))

  const ending = new AbortController()
  const talk = talkOn(clients, roomId, ending.signal)
  return {
    sockets: clients.length,
    get said() {
      return talk.said
    },
    async leave() {
      ending.abort()
      await talk.done
      const reach = (client: LoadClient): boolean =>
        (client.reading.position(roomId) ?? 0) >= talk.furthest
      await within(LIVE_MS, (signal) => untilTrue(() => clients.every(reach), signal))
      const late = clients.filter((client) => !reach(client))
      await Promise.all(clients.map((client) => client.close()))
      return [
        ...talk.problems,
        ...late.map(({ device }) => `${device.name} has not got ${talk.furthest}`),
      ]
    },
  }
}

async function within(ms: number, work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const { signal, clear } = createDeadline(ms)
  await work(signal)
  clear()
}

/** One after the other says something, again with the same id until there is an answer. */
function talkOn(clients: readonly LoadClient[], roomId: string, signal: AbortSignal) {
  const state = { said: 0, furthest: 0, problems: [] as string[], done: Promise.resolve() }
  const say = async (client: LoadClient, n: number): Promise<void> => {
    const attempt = { op: 'send' as const, roomId, key: randomUUID(), value: `resident ${n}` }
    for (let tries = 0; tries < TRIES; tries += 1) {
      const { outcome } = await client.attempt(attempt)
      if (outcome.type === 'ok') {
        state.said += 1
        state.furthest = Math.max(state.furthest, Number(outcome.result['seq']))
        return
      }
      if (outcome.type === 'fail' && !outcome.mayRetry) break
      await sleep(PAUSE_MS + outcome.retryAfterMs)
    }
    if (state.problems.length < TRIES) state.problems.push(`${client.device.name} was not answered`)
  }
  const talk = async (): Promise<void> => {
    for (let n = 0; !signal.aborted; n += 1) {
      const client = clients[n % clients.length]
      if (client !== undefined) await say(client, n)
      await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  state.done = talk()
  return state
}
