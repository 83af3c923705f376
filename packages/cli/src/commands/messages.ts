import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Event, MessageSent } from '@parley/message-schema'
import type { Command } from 'commander'
import type { z } from 'zod'
import { badUsage } from '../cli-error.ts'
import { plain } from '../output/table.ts'
import { NoAnswer, type Api, type ApiRequest } from '../rest/api.ts'
import type { Terminal } from '../terminal.ts'
import { addLeaf, typed, type Run } from './command-kit.ts'
import { actingUser } from './room-reader.ts'
import { positive, roomIdOf, userIdOf, wholeNumber } from './what-is-asked.ts'

type RoomEvent = z.infer<typeof Event>
interface EventPage {
  readonly data: RoomEvent[]
  readonly head: number
}

const WAIT_MS = 25_000
const PAGE = 200
const LONGEST_PAUSE_MS = 10_000

/** `12 2026-01-02 03:04:05 ada: Hello`; of what is no message, its type. */
export function eventLine({ seq, ts, actor, type, data }: RoomEvent): string {
  const when = ts.replace('T', ' ').slice(0, 19)
  const body = data as { text?: string; deleted?: true; type?: string }
  const about = body.deleted === true ? '(deleted)' : (body.text ?? `(${body.type ?? 'no text'})`)
  const said = type === 'message:created' ? `: ${plain(about)}` : ` ${type}`
  return `${seq} ${when} ${plain(actor.id)}${said}\n`
}

export function addMessages(program: Command, terminal: Terminal): void {
  addLeaf<{ as?: string; after?: number; count?: number }>(program, terminal, {
    usage: 'tail <room>',
    summary: 'Show what happens in a room, as it happens, until Ctrl-C.',
    examples: [
      'parley tail 0193f2c1-0000-7000-8000-000000000001 --as customer-7',
      'parley tail 0193f2c1-0000-7000-8000-000000000001 --after 0 --json',
    ],
    needs: 'api',
    options: (command) =>
      command
        .option('--as <user>', "who reads; without it the room's owner, if the database is known")
        .option('--after <seq>', 'begin behind this event; 0 is the whole log', typed(wholeNumber))
        .option('--count <n>', 'end after so many', typed(positive)),
    async run(run, { as: named, after, count = Number.POSITIVE_INFINITY }, [given]) {
      const roomId = roomIdOf(given)
      const as = await actingUser(run, roomId, named)
      await follow(run, { roomId, as, after, count })
    },
  })
  addLeaf<{ as?: string; bot?: string; type?: string }>(program, terminal, {
    usage: 'send <room> <text>',
    summary: 'Send a message, as the system if nobody is named.',
    examples: ['parley send 0193f2c1-0000-7000-8000-000000000001 "We are back." --bot status'],
    needs: 'api',
    options: (command) =>
      command
        .option('--as <user>', 'as this user, who is a member')
        .option('--bot <bot>', 'as this bot, which is a member')
        .option('--type <type>', 'a type of messages other than text'),
    async run(run, { as, bot, type }, [room, text]) {
      const body = {
        roomId: roomIdOf(room),
        as: senderOf(as, bot),
        text,
        ...(type !== undefined && { type }),
      }
      const path = ['v1', 'server', 'messages']
      const idempotencyKey = randomUUID()
      const sent = (await run
        .api()
        .call({ method: 'POST', path, body, idempotencyKey })) as z.infer<typeof MessageSent>
      await run.show(sent, () => `Sent as ${sent.seq}.\n`)
    },
  })
}

function senderOf(as: string | undefined, bot: string | undefined) {
  if (as !== undefined && bot !== undefined) throw badUsage('Give one of --as and --bot.')
  if (as !== undefined) return { kind: 'user', id: userIdOf(as) }
  return bot === undefined ? { kind: 'system' } : { kind: 'bot', id: userIdOf(bot) }
}

interface Following {
  readonly roomId: string
  readonly as: string
  readonly after: number | undefined
  readonly count: number
}

/** Long polling. What is there is read at once; then each answer waits for something new. */
async function follow(run: Run, { roomId, as, after, count }: Following): Promise<void> {
  const { terminal, isJson } = run
  const api = run.api()
  let position = after ?? (await headOf(api, roomId, as))
  for (let left = count; left > 0;) {
    const page = (await untilAnswered(terminal, api, {
      path: ['v1', 'rooms', roomId, 'events'],
      query: { after: position, limit: Math.min(PAGE, left), waitMs: WAIT_MS },
      timeoutMs: WAIT_MS + 30_000,
      as,
    })) as EventPage
    const lines = page.data.map((event) =>
      isJson ? `${JSON.stringify(event)}\n` : eventLine(event),
    )
    await terminal.out(lines.join(''))
    position = page.data.at(-1)?.seq ?? position
    left -= page.data.length
  }
}

async function headOf(api: Api, roomId: string, as: string): Promise<number> {
  const { room } = (await api.call({ path: ['v1', 'rooms', roomId], as })) as {
    room: { head: number }
  }
  return room.head
}

/** Servers are replaced while somebody looks on; a refusal is final. */
async function untilAnswered(terminal: Terminal, api: Api, request: ApiRequest): Promise<unknown> {
  for (let pauseMs = 500; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await api.call(request)
    } catch (error) {
      terminal.signal.throwIfAborted()
      if (!(error instanceof NoAnswer)) throw error
      terminal.note(`${error.message}; trying again\n`)
      await sleep(pauseMs, undefined, { signal: terminal.signal })
    }
  }
}
