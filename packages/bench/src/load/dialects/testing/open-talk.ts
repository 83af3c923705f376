import type { ClientPlan } from '../../../subjects/subject.ts'
import type { Dialect, Line, Talk } from '../dialect.ts'

/** What a talk did with its connection, in order. */
export interface Heard {
  readonly sent: (string | Buffer)[]
  readonly records: string[]
  readonly failures: string[]
  readonly readies: () => number
}

/** A connection for tests of dialects: it keeps what is said to it. */
export function openTalk(
  dialect: Dialect,
  client: Partial<ClientPlan> = {},
): Heard & { readonly talk: Talk; readonly come: (payload: string | Buffer) => void } {
  const sent: (string | Buffer)[] = []
  const records: string[] = []
  const failures: string[] = []
  let readies = 0
  const line: Line = {
    text: (payload) => sent.push(payload),
    binary: (payload) => sent.push(payload),
    ready: () => (readies += 1),
    fail: (why) => failures.push(why),
    record: (bytes, from, to) => records.push(bytes.toString('latin1', from, to)),
  }
  const plan = { port: 1, userId: 'bench-1', token: '', rooms: ['room-1'], ...client }
  const talk = dialect.open(plan, line)
  return {
    sent,
    records,
    failures,
    readies: () => readies,
    talk,
    come(payload) {
      const isBinary = typeof payload !== 'string'
      // Among bytes of others, as a frame lies in a buffer that many read into.
      const bytes = Buffer.concat([Buffer.from('424'), Buffer.from(payload), Buffer.from('2rM0')])
      talk.take(bytes, 3, bytes.length - 4, isBinary)
      bytes.fill(0)
    },
  }
}
