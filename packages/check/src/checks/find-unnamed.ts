import { groupBy } from './group-by.ts'
import type { LogEntry, Operation, Room } from './indexed-history.ts'

/** Whether what was acknowledged without a `seq` may stand in the log; `undefined` where nobody can tell. */
export type IsThere = (asked: Operation) => boolean | undefined

interface Entries {
  readonly byKey: ReadonlyMap<string, readonly LogEntry[]>
  readonly byMessage: ReadonlyMap<string, readonly LogEntry[]>
  readonly sentBy: ReadonlyMap<string, readonly LogEntry[]>
}

const NONE: readonly LogEntry[] = []

/** By its key where the rows tell it, else by whom it is of, what it is about, and what it says. */
export function findUnnamed({ log }: Room): IsThere {
  // Most histories have nothing that is looked up like this.
  let known: Entries | undefined
  return (asked) => {
    const { op, userId, key, ref, value } = asked
    if (log.knownFrom > 1) return undefined
    known ??= indexOf(log.entries)
    if (key !== undefined && log.isDumped) return known.byKey.has(`${userId} ${key}`)
    if (op === 'send') return (known.sentBy.get(userId) ?? NONE).some((one) => maySay(one, value))
    if (ref === undefined || op === 'react') return undefined
    const type = op === 'edit' ? 'message:updated' : 'message:deleted'
    const about = known.byMessage.get(`${type} ${userId} ${ref}`) ?? NONE
    return op === 'edit' ? about.some((one) => maySay(one, value)) : about.length > 0
  }
}

/** What has been erased or sealed since may have said it. */
const maySay = ({ facts }: LogEntry, text: Operation['value']): boolean =>
  facts.text === undefined || facts.text === text

function indexOf(entries: readonly LogEntry[]): Entries {
  return {
    byKey: groupBy(entries, ({ facts, clientMsgId }) => `${facts.actorId} ${clientMsgId ?? ''}`),
    byMessage: groupBy(entries, ({ facts }) => `${facts.type} ${facts.actorId} ${facts.ref ?? 0}`),
    sentBy: groupBy(
      entries.filter(({ facts }) => facts.type === 'message:created'),
      ({ facts }) => facts.actorId,
    ),
  }
}
