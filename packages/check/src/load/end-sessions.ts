import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { integerBetween, pick, seededRandom } from '../seeded-random.ts'
import { createDeadline } from './deadline.ts'
import { attemptOnce } from './drive-device.ts'
import type { Attempt, LoadClient } from './load-client.ts'
import type { Plan } from './plan.ts'
import type { Recorder } from './recorder.ts'
import { createRest, type Rest, type RestRequest } from './rest.ts'
import type { LoadStage, StagedUser } from './set-stage.ts'
import { logIn, type SignIn } from './sign-in.ts'
import { createSocketClient } from './socket-client.ts'

export interface EndSessionsOptions {
  readonly plan: Plan
  readonly stage: LoadStage
  readonly recorder: Recorder
  /** No session begins after it. */
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}

const LANES = 2
const LIVE_MS = 30_000
/** Longer than it may take until a session is really over, also where the news of it was lost. */
const GO_ON_MS = 9_000
const EVERY_MS = 1_000
const TRIES = 5

/**
 * Devices that are signed out while they listen, by themselves or from another device of the same person, and
 * go on with the token that they had: they ask, speak and connect again. Who signs in after that is another
 * device. The checks find what was still accepted, or handed over.
 */
export async function endSessions(options: EndSessionsOptions): Promise<AskAgain[]> {
  const lanes = Array.from({ length: LANES }, (_, lane) => endOneByOne(options, lane))
  return (await Promise.all(lanes)).flat()
}

/** Asks once more with the token of a session that is over. */
export type AskAgain = () => Promise<void>

/** Where something was broken while they signed out, they are out for sure only after it is mended. */
export const OUT_FOR_SURE_MS = 8_000
/** Those of hours ago have tokens that are not good any more for another reason. */
const ASKED_AGAIN = 5

async function endOneByOne(options: EndSessionsOptions, lane: number): Promise<AskAgain[]> {
  const { plan, stage, signal, say } = options
  const ended: AskAgain[] = []
  const random = seededRandom(`${plan.seed} sign-outs ${lane}`)
  for (let n = 1; !signal.aborted; n += 1) {
    const via = (n + lane) % 2 === 0 ? ('websocket' as const) : ('polling' as const)
    const isFromElsewhere = random() < 0.5
    const staysMs = integerBetween(random, 500, 2_500)
    const session = { name: `guest-${via}-${lane + 1}-${n}`, via, isFromElsewhere, staysMs }
    // Something may be broken just then, so that nobody comes in: then there is nothing to end.
    const askAgain = await endOne(options, pick(random, stage.users), session).catch(
      (error: unknown) => say(`${session.name} was not signed out: ${String(error)}`),
    )
    if (askAgain !== undefined) ended.push(askAgain)
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined)
  }
  return ended.slice(-ASKED_AGAIN)
}

interface Session {
  readonly name: string
  readonly via: 'websocket' | 'polling'
  readonly isFromElsewhere: boolean
  readonly staysMs: number
}

async function endOne(
  { stage, recorder, signal }: EndSessionsOptions,
  user: StagedUser,
  { name, via, isFromElsewhere, staysMs }: Session,
): Promise<AskAgain | undefined> {
  const { url } = stage
  const { username, password } = user
  const kept = keepToken(await logIn(url, { username, password }))
  const rest = createRest(url, kept.signIn.getToken)
  const device = { name, userId: user.userId, via }
  const ending = await endingOf(rest, isFromElsewhere)
  const from = await headsOf(stage, user)
  const [roomId] = Object.keys(from)
  const client = createSocketClient({ url, device, signIn: kept.signIn, recorder, from })
  try {
    client.start()
    await untilLive(client)
    const driven = { client, recorder, giveUp: signal }
    const ask = (attempt: Omit<Attempt, 'key'>, how: 'attempt' | 'repeat'): Promise<unknown> =>
      attemptOnce(driven, { ...attempt, key: randomUUID() }, { times: 0, how })
    if (roomId !== undefined) await ask({ op: 'send', roomId, value: `${name}/1` }, 'attempt')
    await sleep(staysMs, undefined, { signal }).catch(() => undefined)
    await kept.hold()
    const isOver = await signOut(recorder, client, {
      ask: isFromElsewhere ? user.rest : rest,
      ending,
    })
    if (!isOver || roomId === undefined) return undefined
    await goOn(client, roomId, ask, signal)
    const lasting = { client, recorder, giveUp: new AbortController().signal }
    return async () => {
      for (const op of ['send', 'history'] as const) {
        const value = op === 'send' ? { value: `${name}/last` } : {}
        const attempt = { op, roomId, ...value, key: randomUUID() }
        await attemptOnce(lasting, attempt, { times: 0, how: 'repeat' })
      }
    }
  } finally {
    await client.close()
    // Also of one that never came in it has to be known that it is not there.
    client.reading.disconnected('closed')
  }
}

/** From then on it is the token that it was, whatever became of it. */
function keepToken(signIn: SignIn) {
  let held: string | undefined
  return {
    signIn: {
      userId: signIn.userId,
      getToken: async (stale: string | null) => held ?? signIn.getToken(stale),
    },
    hold: async () => void (held = await signIn.getToken(null)),
  }
}

/** The rooms that a person is in now, and where they are: it begins there. */
async function headsOf(
  { rooms }: LoadStage,
  { rest }: StagedUser,
): Promise<Record<string, number>> {
  const from: Record<string, number> = {}
  for (const { id } of rooms) {
    const answer = await rest({ method: 'GET', path: `/v1/rooms/${id}` })
    if (answer.type !== 'ok') continue
    const { head, me } = answer.result['room'] as { head: number; me?: object }
    if (me !== undefined) from[id] = head
  }
  return from
}

async function untilLive(client: LoadClient): Promise<void> {
  const { signal, clear } = createDeadline(LIVE_MS)
  await client.live(signal)
  clear()
  if (!client.isLive()) throw new Error(`${client.device.name} did not come in.`)
}

/** What is asked for to end this session: here, or on another device of the same person. */
async function endingOf(rest: Rest, isFromElsewhere: boolean): Promise<RestRequest> {
  if (!isFromElsewhere) return { method: 'POST', path: '/v1/auth/logout' }
  const answer = await rest({ method: 'GET', path: '/v1/me/sessions' })
  const sessions =
    answer.type === 'ok' ? (answer.result['data'] as { id: string; current: boolean }[]) : []
  const own = sessions.find(({ current }) => current)
  if (own === undefined) throw new Error('The session is not in the list of sessions.')
  return { method: 'DELETE', path: `/v1/me/sessions/${own.id}` }
}

async function signOut(
  recorder: Recorder,
  { device }: LoadClient,
  { ask, ending }: { readonly ask: Rest; readonly ending: RestRequest },
): Promise<boolean> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const invokedMs = recorder.now()
    const outcome = await ask(ending)
    recorder.write({
      kind: 'operation',
      process: device.name,
      userId: device.userId,
      via: 'http',
      op: 'sign-out',
      attempt,
      invokedMs,
      completedMs: recorder.now(),
      type: outcome.type,
      ...(outcome.type === 'ok' ? { result: {} } : { error: outcome.error }),
    })
    if (outcome.type === 'ok') return true
    // Of an answer that was lost: it is over, and nobody knows since when.
    if (outcome.type === 'fail' && !outcome.mayRetry) return false
    await sleep(EVERY_MS)
  }
  return false
}

/** Over REST with what it has, and over the socket where that has come back after all. */
async function goOn(
  client: LoadClient,
  roomId: string,
  ask: (attempt: Omit<Attempt, 'key'>, how: 'attempt' | 'repeat') => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const untilMs = performance.now() + GO_ON_MS
  for (let n = 2; performance.now() < untilMs && !signal.aborted; n += 1) {
    const op = n % 2 === 0 ? ('send' as const) : ('history' as const)
    const value = op === 'send' ? { value: `${client.device.name}/${n}` } : {}
    await ask({ op, roomId, ...value }, client.isLive() ? 'attempt' : 'repeat')
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined)
  }
}
