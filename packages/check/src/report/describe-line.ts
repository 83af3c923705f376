import type { DeliveryLine, HistoryLine, OperationLine } from '../history/history-line.ts'

/** Longer words than this do not help to see what happened. */
const LONGEST = 80

function shorten(text: string): string {
  const flat = text.replaceAll(/\s+/gu, ' ')
  return flat.length <= LONGEST ? flat : `${flat.slice(0, LONGEST - 1)}…`
}

const inWords = (value: unknown): string => shorten(JSON.stringify(value) ?? 'nothing')

/** Who did or saw it. */
export function whoOf(line: HistoryLine): string {
  switch (line.kind) {
    case 'operation':
      return line.process
    case 'delivery':
    case 'reader':
      return line.reader
    case 'fault':
      return line.target
    case 'observation':
      return line.observer ?? line.subject
    case 'row':
    case 'room':
      return 'database'
    case 'run':
    case 'mark':
      return 'run'
  }
}

/** When it was over; what has no time of its own is read at the end. */
export function timeOf(line: HistoryLine): number | undefined {
  switch (line.kind) {
    case 'operation':
      return line.completedMs ?? line.invokedMs
    case 'fault':
      return line.startedMs
    case 'delivery':
    case 'reader':
    case 'observation':
    case 'mark':
      return line.atMs
    case 'run':
      return 0
    case 'row':
    case 'room':
      return undefined
  }
}

/** One line of a history in words. */
export function describeLine(line: HistoryLine): string {
  switch (line.kind) {
    case 'operation':
      return describeOperation(line)
    case 'delivery':
      return describeDelivery(line)
    case 'reader': {
      const at = line.seq === undefined ? '' : ` at ${line.seq}`
      return `${line.what}${at}${line.detail === undefined ? '' : `: ${shorten(line.detail)}`}`
    }
    case 'fault': {
      const until = line.endedMs === null ? 'for good' : `until ${seconds(line.endedMs)}`
      return `${line.name} ${until}`
    }
    case 'observation': {
      const should = line.expected === undefined ? '' : `, expected ${inWords(line.expected)}`
      return `${line.what} of ${line.subject} is ${inWords(line.value)}${should}`
    }
    case 'row': {
      const about = line.ref === null ? '' : ` about ${line.ref}`
      return `row ${line.seq}: ${line.type} by ${line.actorId}${about} ${inWords(line.data)}`
    }
    case 'room':
      return `room ${line.roomId}: head ${line.head}, ${line.members.length} members`
    case 'mark':
      return line.what
    case 'run':
      return `begins with seed ${line.seed}`
  }
}

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(3)} s`

function describeOperation(line: OperationLine): string {
  const { op, via, value, mode, ref, attempt, type, invokedMs, completedMs, result, error } = line
  const about = ref === undefined ? '' : ` of ${ref}`
  const what = value === undefined ? '' : ` ${inWords(value)}`
  const how = mode === undefined ? '' : ` (${mode})`
  const again = attempt === 0 ? '' : `, attempt ${attempt + 1}`
  const answer = error ?? (result === undefined ? '' : inWords(result))
  const took = completedMs === null ? 'no answer' : `${Math.round(completedMs - invokedMs)} ms`
  return `${op}${about}${what}${how} by ${via}${again}: ${type}${answer === '' ? '' : ` ${answer}`} (${took})`
}

function describeDelivery({ by, via, seq, event, span }: DeliveryLine): string {
  const { type, actor, data } = event
  const author = typeof actor === 'object' && actor !== null && 'id' in actor ? actor.id : '?'
  const where = span === 0 ? '' : `, span ${span}`
  return `handed ${seq} (${by} by ${via}${where}): ${String(type)} by ${String(author)} ${inWords(data)}`
}
