import type { LogCommand, LogCommandKind, LogCommandOf } from '@parley/message-schema'
import { fingerprintOf } from './fingerprint.ts'
import type { RoomLog, Settled } from './room-log.ts'
import type { LogCommandData } from './run-command.ts'
import { widenMentions } from './widen-mentions.ts'

export type MessageCommand = LogCommandOf<'message:send'> | LogCommandOf<'message:edit'>
/** What is put on a command, or takes the place of what was asked for. */
export type Prepared = Partial<
  Pick<LogCommandOf<'message:send'>, 'refusal' | 'words' | 'text' | 'payload' | 'files' | 'hereIds'>
>

/**
 * What has to be found out before a message is asked for in the log: at once wherever it can be,
 * because most messages need nothing. Never throws: a refusal is one of the changes.
 */
export type Prepare = (
  command: MessageCommand,
) => Prepared | undefined | Promise<Prepared | undefined>

export interface PreparedLogSettings {
  /** What takes longer is refused with `SERVER_BUSY`. */
  readonly deadlineMs: number
  /** Commands that are waited for at the same time; more are refused. */
  readonly waitingMax: number
}

const BUSY: Prepared = {
  refusal: { code: 'SERVER_BUSY', message: 'The server is busy.', details: undefined },
}

/** The fingerprint is of what was asked for: a retry is one whatever the steps make of it (C3). */
function withChanges(command: MessageCommand, changes: Prepared | undefined): MessageCommand {
  if (changes === undefined) return command
  return { ...command, ...changes, fingerprint: fingerprintOf(command).toString('hex') }
}

/**
 * The room log, with messages prepared on their way to it. They are prepared beside each other, and
 * those of one sender in one room are submitted in the order in which they came.
 */
export function prepareMessages(
  log: RoomLog,
  prepare: Prepare,
  { deadlineMs, waitingMax }: PreparedLogSettings,
): RoomLog {
  /** The last that waits, of each sender in each room. */
  const lines = new Map<string, Promise<unknown>>()
  let waiting = 0

  function inTime(preparing: Promise<Prepared | undefined>): Promise<Prepared | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(BUSY), deadlineMs)
      void preparing.then((changes) => {
        clearTimeout(timer)
        resolve(changes)
      })
    })
  }

  async function submitInLine(
    command: MessageCommand,
    key: string,
    preparing: Prepared | undefined | Promise<Prepared | undefined>,
  ): Promise<Settled> {
    const before = lines.get(key)
    waiting += 1
    // Boxed, because what a promise resolves to is waited for: only the turn is, not the commit.
    const turn = Promise.all([preparing, before]).then(([changes]) => ({
      settled: log.submit(withChanges(command, changes)),
    }))
    lines.set(key, turn)
    const { settled } = await turn
    waiting -= 1
    if (lines.get(key) === turn) lines.delete(key)
    return settled
  }

  function submit(asked: LogCommand): Promise<Settled> {
    const command = asked.kind === 'message:send' ? widenMentions(asked) : asked
    if (command.kind !== 'message:send' && command.kind !== 'message:edit') {
      return log.submit(command)
    }
    if (waiting >= waitingMax) return log.submit(withChanges(command, BUSY))
    const prepared = prepare(command)
    const isWaitedFor = prepared instanceof Promise
    if (!isWaitedFor && lines.size === 0) return log.submit(withChanges(command, prepared))
    const key = `${command.roomId}/${command.actor.id}`
    if (!isWaitedFor && !lines.has(key)) return log.submit(withChanges(command, prepared))
    return submitInLine(command, key, isWaitedFor ? inTime(prepared) : prepared)
  }

  return {
    submit,
    async run<Kind extends LogCommandKind>(command: LogCommand): Promise<LogCommandData[Kind]> {
      const { outcome } = await submit(command)
      if ('refusal' in outcome) throw outcome.refusal
      return outcome.data as LogCommandData[Kind]
    },
    async idle() {
      while (lines.size > 0) await Promise.all(lines.values())
      await log.idle()
    },
  }
}
