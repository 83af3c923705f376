import { describe, expect, test } from 'vitest'
import type { DeliveryLine, HistoryLine, OperationLine, RowLine } from '../history/history-line.ts'
import { pick, seededRandom } from '../seeded-random.ts'
import { Draft } from '../testing/draft.ts'
import { generatedHistory } from '../testing/generated-history.ts'
import { checkHistory } from './check-history.ts'
import type { CheckId } from './violation.ts'

const SEEDS = Array.from({ length: 40 }, (_, n) => n + 1)
const MUTATED = SEEDS.slice(0, 20)

test.each(SEEDS)('a history without faults holds, seed %i', async (seed) => {
  const results = await checkHistory(generatedHistory(seed))
  expect(results.flatMap(({ violations }) => violations)).toEqual([])
  const idle = results.filter(({ state }) => state === 'not-checked').map(({ check }) => check)
  expect(idle.filter((check) => !['I11', 'I12', 'I14', 'I15'].includes(check))).toEqual([])
})

type Random = () => number
type Delivery = Readonly<DeliveryLine>

/** Breaks something somewhere; `false` where there is nothing of the kind. */
interface Mutation {
  readonly says: string
  readonly breaks: CheckId
  readonly mutate: (draft: Draft, random: Random) => boolean
}

const deliveries = ({ lines }: Draft): Delivery[] =>
  lines.filter((line) => line.kind === 'delivery')
const operations = ({ lines }: Draft): OperationLine[] =>
  lines.filter((line) => line.kind === 'operation')
const rows = ({ lines }: Draft): RowLine[] => lines.filter((line) => line.kind === 'row')

function choose<Item>(random: Random, items: readonly Item[], use: (item: Item) => void): boolean {
  if (items.length === 0) return false
  use(pick(random, items))
  return true
}

/** Pairs that follow one another in the stream of one reader, with nothing said between them. */
function neighbours(draft: Draft): [Delivery, Delivery][] {
  const last = new Map<string, Delivery>()
  const pairs: [Delivery, Delivery][] = []
  for (const line of draft.lines) {
    if (line.kind === 'reader' && line.roomId !== undefined) last.delete(line.reader + line.roomId)
    if (line.kind !== 'delivery' || line.via === 'http') continue
    const before = last.get(line.reader + line.roomId)
    if (before !== undefined) pairs.push([before, line])
    last.set(line.reader + line.roomId, line)
  }
  return pairs
}

const isSaid = ({ event }: Delivery): boolean =>
  event['type'] === 'message:created' && (event['data'] as { text?: string }).text !== undefined
const seqOf = ({ result }: OperationLine): number => result?.['seq'] as number
const isAcked = ({ type, key }: OperationLine): boolean => type === 'ok' && key !== undefined

const mutations: Mutation[] = [
  {
    says: 'drops a delivery',
    breaks: 'C4',
    mutate: (draft, random) => choose(random, neighbours(draft), ([one]) => draft.drop(one)),
  },
  {
    says: 'delivers twice',
    breaks: 'C4',
    mutate: (draft, random) => choose(random, neighbours(draft), ([one]) => void draft.repeat(one)),
  },
  {
    says: 'swaps two deliveries',
    breaks: 'I6',
    mutate: (draft, random) => choose(random, neighbours(draft), (pair) => draft.swap(...pair)),
  },
  {
    says: 'changes a text on its way',
    breaks: 'I5',
    mutate: (draft, random) =>
      choose(random, deliveries(draft).filter(isSaid), (line) => {
        draft.change(line, { event: { ...line.event, data: { type: 'text', text: 'no' } } })
      }),
  },
  {
    says: 'loses a row',
    breaks: 'C1',
    mutate: (draft, random) => choose(random, rows(draft), (line) => draft.drop(line)),
  },
  {
    says: 'loses a row that was acknowledged',
    breaks: 'C2',
    mutate: (draft, random) => {
      const acked = operations(draft).filter(isAcked)
      return choose(random, acked, (one) => {
        draft.drop(draft.find({ kind: 'row', roomId: one.roomId, seq: seqOf(one) }))
      })
    },
  },
  {
    says: 'repeats a row',
    breaks: 'I4',
    mutate: (draft, random) => choose(random, rows(draft), (line) => void draft.repeat(line)),
  },
  {
    says: 'acknowledges another place',
    breaks: 'I3',
    mutate: (draft, random) =>
      choose(random, operations(draft).filter(isAcked), (line) => {
        const by = random() < 0.5 ? 1 : -1
        draft.change(line, { result: { ...line.result, seq: seqOf(line) + by } })
      }),
  },
  {
    says: 'makes two of one message',
    breaks: 'C3',
    mutate: (draft, random) => {
      const sent = rows(draft).filter(({ clientMsgId }) => clientMsgId !== null)
      const pairs = sent.flatMap((one) =>
        sent
          .filter((two) => two.roomId === one.roomId && two.actorId === one.actorId && two !== one)
          .map((two) => [one, two] as const),
      )
      return choose(random, pairs, ([one, two]) => {
        draft.change(two, { clientMsgId: one.clientMsgId })
      })
    },
  },
  {
    says: 'says of a retry that it is the first',
    breaks: 'C3',
    mutate: (draft, random) =>
      choose(random, operations(draft).filter(isAcked), (line) => {
        const fresh = { attempt: 2, result: { seq: seqOf(line) } }
        draft.repeat(line, fresh)
        if (line.result?.['dup'] === true) draft.repeat(line, fresh)
      }),
  },
  {
    says: 'refuses what it does',
    breaks: 'I2',
    mutate: (draft, random) => {
      const whole = operations(draft).filter((one) => isAcked(one) && one.attempt === 0)
      return choose(random, whole, (line) => {
        draft.change(line, { type: 'fail', result: undefined, error: 'FORBIDDEN' })
      })
    },
  },
  {
    says: 'stores what nobody sent',
    breaks: 'I1',
    mutate: (draft, random) => {
      const sends = operations(draft).filter(({ op, type }) => op === 'send' && type === 'ok')
      const often = sends.filter(
        ({ userId, roomId }) =>
          sends.filter((one) => one.userId === userId && one.roomId === roomId).length > 1,
      )
      return choose(random, often, ({ key }) => {
        for (const line of draft.all({ kind: 'operation', key })) draft.drop(line)
      })
    },
  },
  {
    says: 'lets one message overtake another',
    breaks: 'I7',
    mutate: (draft, random) => {
      const acked = operations(draft).filter((one) => isAcked(one) && one.attempt === 0)
      const pairs = acked.flatMap((one) =>
        acked
          .filter((two) => two.roomId === one.roomId && two.process === one.process)
          .filter((two) => two.invokedMs > (one.completedMs ?? Infinity))
          .map((two) => [one, two] as const),
      )
      return choose(random, pairs, ([one, two]) => {
        draft.change(one, { result: two.result })
        draft.change(two, { result: one.result })
      })
    },
  },
  {
    says: 'delivers after a removal',
    breaks: 'C8',
    mutate: (draft, random) => {
      const left = draft.all({ kind: 'reader', what: 'removed' })
      return choose(random, left, (line) => {
        const { reader, userId, roomId, atMs } = line as { reader: string } & Record<
          string,
          unknown
        >
        const row = rows(draft).find(
          ({ type, data, roomId: room }) =>
            room === roomId && type === 'member:left' && data['userId'] === userId,
        )
        const event = { seq: row?.seq, type: 'member:left', data: row?.data }
        const of = { kind: 'delivery', via: 'websocket', by: 'live', span: 0, event }
        draft.add({ ...of, reader, userId, roomId, atMs, seq: row?.seq } as HistoryLine, line)
      })
    },
  },
  {
    says: 'shows a page to somebody who has left',
    breaks: 'I8',
    mutate: (draft, random) => {
      // Who came back may be shown it again, and when they came nobody wrote down.
      const left = operations(draft).filter(({ op, userId, roomId }, at, all) => {
        const isLast = all.findLast(
          (one) => one.op === op && one.userId === userId && one.roomId === roomId,
        )
        const states = draft.all({ kind: 'room', roomId }) as { members: { userId: string }[] }[]
        const isBack = states.some(({ members }) => members.some((one) => one.userId === userId))
        return op === 'leave' && !isBack && isLast === all[at]
      })
      return choose(random, left, (leave) => {
        const { userId, roomId, completedMs } = leave
        const first = deliveries(draft).find((line) => line.roomId === roomId)
        if (first === undefined || completedMs === null) throw new Error('Nothing was said.')
        const asked = { by: 'page', span: 900, askedMs: completedMs + 0.5, atMs: completedMs + 0.9 }
        draft.repeat(first, { ...asked, reader: `http-${userId}`, userId, via: 'http' }, leave)
      })
    },
  },
  {
    says: 'brings back what was deleted',
    breaks: 'I13',
    mutate: (draft, random) => {
      const gone = operations(draft).filter(({ op, type }) => op === 'delete' && type === 'ok')
      const again = gone.flatMap(({ roomId, ref, completedMs }) => {
        const said = deliveries(draft).find(
          (line) => line.roomId === roomId && line.seq === ref && isSaid(line),
        )
        return said === undefined ? [] : [{ said, completedMs: completedMs ?? 0 }]
      })
      return choose(random, again, ({ said, completedMs }) => {
        const page = { by: 'page', span: 900, askedMs: completedMs + 1, atMs: completedMs + 2 }
        draft.add({ ...said, ...page } as HistoryLine)
      })
    },
  },
  {
    says: 'moves a cursor back',
    breaks: 'C6',
    mutate: (draft, random) => {
      const reads = operations(draft).filter(
        ({ op, result }) => op === 'read' && result?.['readSeq'] !== 0,
      )
      return choose(random, reads, (line) => {
        const { completedMs } = line
        const result = { readSeq: (line.result?.['readSeq'] as number) - 1 }
        const later = { invokedMs: (completedMs ?? 0) + 0.5, completedMs: (completedMs ?? 0) + 0.9 }
        draft.repeat(line, { ...later, result })
      })
    },
  },
  ...(['unread', 'mentions'] as const).map((what) => ({
    says: `counts one more of ${what}`,
    breaks: 'I10' as const,
    mutate: (draft: Draft, random: () => number) =>
      choose(random, draft.all({ what: 'unread' }), (line) => {
        const { value } = line as unknown as { value: { unread: number; mentions: number } }
        draft.change(line, { value: { ...value, [what]: value[what] + 1 } })
      }),
  })),
  {
    says: 'ends a read before the head',
    breaks: 'C7',
    mutate: (draft, random) => {
      const heads = new Map(rows(draft).map(({ roomId, seq }) => [roomId, seq]))
      const last = deliveries(draft).filter(
        ({ by, roomId, seq }) => by === 'final' && seq === heads.get(roomId),
      )
      return choose(random, last, (line) => draft.drop(line))
    },
  },
  {
    says: 'forgets the last event of a reader',
    breaks: 'C5',
    mutate: (draft, random) => {
      const heads = new Map(rows(draft).map(({ roomId, seq }) => [roomId, seq]))
      const last = deliveries(draft).filter(
        ({ via, roomId, seq }) => via !== 'http' && seq === heads.get(roomId),
      )
      return choose(random, last, (line) => draft.drop(line))
    },
  },
]

describe.each(mutations.map((mutation) => [mutation.says, mutation] as const))(
  '%s',
  (_, mutation) => {
    test(`is found as ${mutation.breaks}`, async () => {
      let broken = 0
      for (const seed of SEEDS) {
        const draft = new Draft(generatedHistory(seed, 60))
        if (!mutation.mutate(draft, seededRandom(`${mutation.says} ${seed}`))) continue
        broken += 1
        const results = await checkHistory(draft.lines)
        const result = results.find(({ check }) => check === mutation.breaks)
        expect(result?.state, `seed ${seed}`).toBe('violated')
        for (const { lines } of result?.violations ?? []) {
          expect(lines.length).toBeGreaterThan(0)
          expect(lines.every((line) => line >= 1 && line <= draft.lines.length)).toBe(true)
        }
      }
      expect(broken).toBeGreaterThan(MUTATED.length / 4)
    })
  },
)
