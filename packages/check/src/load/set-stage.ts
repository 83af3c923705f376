import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Event } from '@parley/message-schema'
import { OWN_SDK, sdkOf, type Sdk } from '../previous/sdk.ts'
import { createHttpClient } from './http-client.ts'
import type { Device, LoadClient } from './load-client.ts'
import type { StagedRoom } from './fill-operation.ts'
import type { Plan, PlannedDevice } from './plan.ts'
import type { Recorder } from './recorder.ts'
import { createRest, type Rest, type RestRequest } from './rest.ts'
import { createSdkClient, type SdkClient } from './sdk-client.ts'
import { logIn, register, type Credentials, type SignIn } from './sign-in.ts'
import { createSocketClient } from './socket-client.ts'

export interface StagedUser extends Credentials, SignIn {
  readonly rest: Rest
}

/** People and rooms of a plan, as they are in the cluster. */
export interface LoadStage {
  readonly url: string
  readonly users: readonly StagedUser[]
  readonly rooms: readonly StagedRoom[]
  /** Of another version, for those of the plan that take it. */
  readonly previousSdk?: Sdk
}

export interface StageOptions {
  readonly url: string
  readonly plan: Plan
  /** The folder of another version's build. */
  readonly previous?: string | undefined
  readonly say?: (step: string) => void
}

const AT_ONCE = 8
const TRIES = 60
const PAUSE_MS = 300

export async function setStage(options: StageOptions): Promise<LoadStage> {
  const { url, plan, previous, say } = options
  // The same seed may be played again against the same cluster.
  const suffix = randomBytes(4).toString('hex')
  say?.(`Registering ${plan.users} users`)
  const users = await inTurns(Array.from({ length: plan.users }), async (_, index) => {
    const username = `check-${index + 1}-${suffix}`
    const credentials = { username, password: randomBytes(12).toString('hex') }
    const signIn = await register(url, credentials)
    return { ...credentials, ...signIn, rest: createRest(url, signIn.getToken) }
  })
  say?.(`Creating ${plan.rooms.length} rooms`)
  const rooms = await inTurns(plan.rooms, async (room): Promise<StagedRoom> => {
    const [owner, ...others] = room.members.flatMap((index) => users[index] ?? [])
    if (owner === undefined) throw new Error(`Room ${room.index} of the plan has no owner.`)
    const { name, history } = room
    const body = { name, visibility: 'public', history }
    const made = await must(owner.rest, {
      method: 'POST',
      path: '/v1/rooms',
      body,
      key: `room-${room.index}`,
    })
    const { id } = made['room'] as { id: string }
    // One after the other: the seed decides who came first.
    for (const { rest } of others) {
      await must(rest, { method: 'PUT', path: `/v1/rooms/${id}/members/me`, body: {} })
    }
    const memberIds = [owner, ...others].map(({ userId }) => userId)
    return { id, history, ownerId: owner.userId, memberIds }
  })
  const stage = { url, users, rooms }
  return previous === undefined ? stage : { ...stage, previousSdk: await sdkOf(previous) }
}

export interface ClientOptions {
  readonly stage: LoadStage
  readonly recorder: Recorder
}

export const isSdk = (client: LoadClient): client is SdkClient => 'chat' in client

/** A client of a kind, signed in on its own. Bare sockets begin where the rooms are now. */
export async function openClient(
  { stage, recorder }: ClientOptions,
  { name, user, via, isPrevious }: PlannedDevice,
): Promise<LoadClient> {
  const { url } = stage
  const person = stage.users[user]
  if (person === undefined) throw new Error(`The plan has no user ${user}.`)
  const { username, password, userId } = person
  const signIn = await logIn(url, { username, password })
  const device: Device = { name, userId, via }
  const roomIds = stage.rooms.map(({ id }) => id)
  if (via === 'sdk' || via === 'sdk-http') {
    const sdk = (isPrevious ? stage.previousSdk : undefined) ?? OWN_SDK
    return createSdkClient({ url, device: { name, userId, via }, signIn, recorder, roomIds, sdk })
  }
  if (via === 'http') return createHttpClient({ url, device, signIn, recorder, roomIds })
  const from: Record<string, number> = {}
  for (const { id, memberIds } of stage.rooms) {
    if (memberIds.includes(userId)) from[id] = await positionIn(person.rest, id)
  }
  return createSocketClient({ url, device: { name, userId, via }, signIn, recorder, from })
}

/** Before the first event that one may see. */
async function positionIn(rest: Rest, roomId: string): Promise<number> {
  const path = `/v1/rooms/${roomId}/events?limit=1`
  const { data, head } = (await must(rest, { method: 'GET', path })) as {
    data?: readonly Event[]
    head?: number
  }
  return data?.[0] === undefined ? Number(head) : data[0].seq - 1
}

/** What a stage cannot do without is asked for until it is answered. */
export async function must(rest: Rest, request: RestRequest): Promise<Record<string, unknown>> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await rest(request)
    if (outcome.type === 'ok') return outcome.result
    const mayRetry = outcome.type === 'info' || outcome.mayRetry
    if (!mayRetry || tries === TRIES) {
      throw new Error(`${request.method} ${request.path} answered ${outcome.error}.`)
    }
    await sleep(Math.max(outcome.retryAfterMs, PAUSE_MS))
  }
}

/** Some at the same time, their results in order. */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const some = items.slice(from, from + AT_ONCE)
    results.push(...(await Promise.all(some.map((item, at) => work(item, from + at)))))
  }
  return results
}
