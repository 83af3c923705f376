import type {
  DeliveryLine,
  HistoryLine,
  ObservationLine,
  OperationLine,
  ReaderLine,
} from '../history/history-line.ts'

export type SomeEvent = Readonly<Record<string, unknown>> & {
  readonly seq: number
  readonly type: string
}

interface EventParts {
  readonly by: string
  readonly data: Record<string, unknown>
  readonly ref?: number
  readonly msgNo?: number
}

export const anEvent = (seq: number, type: string, { by, ...rest }: EventParts): SomeEvent => ({
  seq,
  type,
  ts: new Date(seq * 1_000).toISOString(),
  actor: { id: by, kind: 'user' },
  ...rest,
})

type Asked = Partial<OperationLine> & Pick<OperationLine, 'process' | 'op' | 'invokedMs'>
type Handed = Partial<DeliveryLine> & Pick<DeliveryLine, 'reader' | 'roomId' | 'atMs'>

/** Names of clients end in that of their user: `ws-ann`. */
const userOf = (client: string): string => client.slice(client.lastIndexOf('-') + 1)

/** Writes lines of a history, with what goes without saying. */
export const lineOf = {
  run: (seed = 7): HistoryLine => ({
    kind: 'run',
    format: 1,
    seed,
    startedAt: '2026-01-02T03:04:05.678Z',
    about: {},
  }),
  asked: (asked: Asked): HistoryLine => ({
    kind: 'operation',
    userId: userOf(asked.process),
    via: 'websocket',
    attempt: 0,
    completedMs: asked.invokedMs + 2,
    type: 'ok',
    ...asked,
  }),
  handed: (event: SomeEvent, handed: Handed): HistoryLine => ({
    kind: 'delivery',
    userId: userOf(handed.reader),
    via: 'websocket',
    by: 'live',
    span: 0,
    seq: event.seq,
    event,
    ...handed,
  }),
  told: (
    reader: string,
    what: ReaderLine['what'],
    atMs: number,
    more: Partial<ReaderLine> = {},
  ): HistoryLine => ({
    kind: 'reader',
    reader,
    userId: userOf(reader),
    via: 'websocket',
    what,
    atMs,
    ...more,
  }),
  seen: (
    what: ObservationLine['what'],
    subject: string,
    atMs: number,
    more: Pick<ObservationLine, 'value'> & Partial<ObservationLine>,
  ): HistoryLine => ({ kind: 'observation', what, subject, atMs, ...more }),
  row: (
    roomId: string,
    { seq, type, actor, ref, msgNo, data }: SomeEvent,
    clientMsgId: string | null = null,
  ): HistoryLine => ({
    kind: 'row',
    roomId,
    seq,
    type,
    actorId: (actor as { id: string }).id,
    clientMsgId,
    ref: (ref as number | undefined) ?? null,
    msgNo: (msgNo as number | undefined) ?? null,
    data: data as Record<string, unknown>,
  }),
  mark: (what: 'load-ends' | 'healed' | 'quiet' | 'end', atMs: number): HistoryLine => ({
    kind: 'mark',
    what,
    atMs,
  }),
}
