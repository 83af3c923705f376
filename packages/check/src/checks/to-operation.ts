import type { ObservationLine, OperationLine } from '../history/history-line.ts'
import { digest } from './event-facts.ts'
import type { Operation } from './indexed-history.ts'

/** Operations whose answers are looked at beyond `seq`. */
const ANSWERED: ReadonlySet<string> = new Set(['read', 'unread', 'search', 'leave'])
const isSeq = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0
const NOTHING: Readonly<Record<string, unknown>> = {}

/** Refusals that say that nothing was done, and that it is to be asked for again. */
const PUT_OFF: ReadonlySet<string | undefined> = new Set(['SERVER_BUSY', 'DRAINING', 'NO_TOKEN'])

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined

/** What the checks read of an operation. `name` gives back the one copy of a text that is kept. */
export function toOperation(
  asked: OperationLine,
  line: number,
  name: (text: string) => string,
): Operation {
  const { result = NOTHING, roomId, key, value, completedMs, op } = asked
  const isText = op === 'send' || op === 'edit'
  return {
    line,
    process: name(asked.process),
    userId: name(asked.userId),
    via: asked.via,
    op,
    roomId: roomId === undefined ? undefined : name(roomId),
    key,
    value: isText && typeof value === 'string' ? digest(value) : value,
    ref: asked.ref,
    mode: asked.mode ?? (op === 'react' ? 'on' : 'forward'),
    attempt: asked.attempt,
    invokedMs: asked.invokedMs,
    completedMs: completedMs ?? Infinity,
    type: asked.type,
    isPutOff: asked.type === 'fail' && PUT_OFF.has(asked.error),
    seq: isSeq(result['seq']) ? numberOf(result['seq']) : undefined,
    wrongSeq: isSeq(result['seq']) ? undefined : result['seq'],
    msgNo: numberOf(result['msgNo']),
    dup: result['dup'] === true,
    result: ANSWERED.has(op) ? result : NOTHING,
  }
}

/** A search that was observed, as if it had been asked for by whoever observed it. */
export function fromSearch(
  { observer, subject, value, atMs, roomId }: ObservationLine,
  line: number,
): Operation | undefined {
  if (typeof value !== 'object') return undefined
  return {
    line,
    process: observer ?? subject,
    userId: subject,
    via: 'http',
    op: 'search',
    roomId,
    key: undefined,
    value: undefined,
    ref: undefined,
    mode: 'forward',
    attempt: 0,
    invokedMs: numberOf(value['askedMs']) ?? -Infinity,
    completedMs: atMs,
    type: 'ok',
    isPutOff: false,
    seq: undefined,
    wrongSeq: undefined,
    msgNo: undefined,
    dup: false,
    result: value,
  }
}
