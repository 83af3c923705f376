import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { setTimeout as passes } from 'node:timers/promises'
import { inTurns } from '../../../peers/in-turns.ts'
import type { ClientPlan } from '../../../subjects/subject.ts'
import { roomTextOf } from './room-text.ts'

const AT_ONCE = 16
const TIMEOUT_MS = 60_000
const TRIES = 8
const BUSY = new Set([429, 503])
const WAIT_MS = 1_000

/** By one member of each room over REST: nobody who speaks holds a connection. `told` counts what was taken. */
export async function sayInRooms(
  url: string,
  people: readonly ClientPlan[],
  { told, times }: { readonly told: Map<string, number>; readonly times: number },
): Promise<void> {
  const speakers = new Map<string, ClientPlan>()
  for (const person of people)
    for (const room of person.rooms) if (!speakers.has(room)) speakers.set(room, person)
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  try {
    await inTurns([...speakers], AT_ONCE, async ([room, { token }]) => {
      for (let time = 0; time < times; time += 1) {
        const number = told.get(room) ?? 0
        const clientMsgId = randomUUID()
        const message = JSON.stringify({ clientMsgId, text: roomTextOf(room, number) })
        await say({ url, agent, token, room, message })
        told.set(room, number + 1)
      }
    })
  } finally {
    agent.destroy()
  }
}

interface Answer {
  readonly status: number
  readonly body: string
}

interface Post {
  readonly url: string
  readonly agent: Agent
  readonly token: string
  readonly room: string
  readonly message: string
}

/** However often it has to ask: what is said again has its id, and is said once. */
async function say(post: Post): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const { status, body } = await send(post)
    if (status === 201) return
    if (!BUSY.has(status) || tries === TRIES)
      throw new Error(`A message was answered ${status}: ${body}`)
    await passes(WAIT_MS)
  }
}

const send = ({ url, agent, token, room, message }: Post): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(
      new URL(`/v1/rooms/${room}/messages`, url),
      {
        method: 'POST',
        agent,
        timeout: TIMEOUT_MS,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.once('error', reject)
        response.once('end', () => {
          const body = Buffer.concat(chunks).toString().slice(0, 300)
          resolve({ status: response.statusCode ?? 0, body })
        })
      },
    )
    sent.once('timeout', () => sent.destroy(new Error('A message was not answered in a minute.')))
    sent.once('error', reject)
    sent.end(message)
  })
