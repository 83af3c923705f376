import type { ConnectionState, ConnectionStatus } from './connection.ts'
import type { Machine, StateName } from './machine-state.ts'

const STATUS: Readonly<Record<StateName, ConnectionStatus>> = {
  idle: 'idle',
  authorizing: 'connecting',
  connecting: 'connecting',
  'catching-up': 'catching-up',
  live: 'live',
  'move-authorizing': 'live',
  'move-connecting': 'live',
  'move-catching-up': 'live',
  waiting: 'waiting',
  offline: 'offline',
  ended: 'ended',
}

/** What a person is shown of it. A move is not seen at all. */
export const showMachine = (
  { state, attempt, retryAt, error }: Machine,
  link: Pick<ConnectionState, 'via' | 'gateway'> | null,
): ConnectionState => ({
  status: STATUS[state],
  via: link?.via ?? null,
  gateway: link?.gateway ?? null,
  attempt,
  retryAt,
  error,
})
