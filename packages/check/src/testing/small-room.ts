import type { HistoryLine } from '../history/history-line.ts'
import { anEvent, lineOf, type SomeEvent } from './write-lines.ts'

const { run, asked, handed, told, row, mark } = lineOf

export interface SmallRoom {
  readonly messages: number
  /** Between two messages. */
  readonly gapMs: number
  /** From the acknowledgement until bob is handed it. */
  readonly lateMs: number
  readonly ackMs: number
}

/** Ann speaks, bob listens, nothing is broken; `more` is what else is seen, before the load ends. */
export function smallRoom(
  { messages = 20, gapMs = 1_000, lateMs = 5, ackMs = 3 }: Partial<SmallRoom> = {},
  more: readonly HistoryLine[] = [],
): HistoryLine[] {
  const roomId = 'hall'
  const member = (seq: number, userId: string): SomeEvent =>
    anEvent(seq, 'member:joined', { by: 'ann', data: { userId } })
  const first = anEvent(1, 'room:updated', { by: 'ann', data: { kind: 'room', history: 'all' } })
  const log = [first, member(2, 'ann'), member(3, 'bob')]
  const lines: HistoryLine[] = []
  for (let n = 0; n < messages; n += 1) {
    const [seq, text, invokedMs] = [n + 4, `ann/${n}`, 10 + n * gapMs]
    const event = anEvent(seq, 'message:created', {
      by: 'ann',
      msgNo: n + 1,
      data: { type: 'text', text },
    })
    log.push(event)
    const atMs = invokedMs + ackMs
    const send = { process: 'ws-ann', op: 'send', roomId, key: `k${n}`, value: text } as const
    lines.push(
      asked({ ...send, invokedMs, completedMs: atMs, result: { seq, msgNo: n + 1 } }),
      handed(event, { reader: 'ws-ann', roomId, atMs: atMs + 1 }),
      handed(event, { reader: 'ws-bob', roomId, atMs: atMs + lateMs }),
    )
  }
  const endMs = 100 + messages * gapMs + lateMs + ackMs
  const final = { reader: 'http-ann', roomId, by: 'final', via: 'http' } as const
  const members = ['ann', 'bob'].map((userId, at) => ({ userId, joinedSeq: at + 2, readSeq: 0 }))
  const head = log.length
  return [
    run(),
    told('ws-ann', 'connected', 1),
    told('ws-bob', 'connected', 1),
    told('ws-ann', 'starts', 2, { roomId, seq: 3 }),
    told('ws-bob', 'starts', 2, { roomId, seq: 3 }),
    ...lines,
    ...more,
    mark('load-ends', endMs),
    mark('healed', endMs + 1),
    mark('quiet', endMs + 2_000),
    ...log.map((event) => handed(event, { ...final, askedMs: endMs + 2_050, atMs: endMs + 2_100 })),
    { kind: 'room', roomId, head, lastMsgNo: messages, history: 'all', members },
    ...log.map((event) => row(roomId, event, event.seq > 3 ? `k${event.seq - 4}` : null)),
    mark('end', endMs + 60_000),
  ]
}
