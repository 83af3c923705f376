import type { ConnectionState, ConnectionStatus } from './connection.ts'
import type { OpenedLink } from './effects.ts'
import type { Machine, StateName } from './machine-state.ts'

/** States that are shown by another word. */
const SHOWN: Readonly<Record<Exclude<StateName, ConnectionStatus>, ConnectionStatus>> = {
  authorizing: 'connecting',
  'move-authorizing': 'live',
  'move-connecting': 'live',
  'move-catching-up': 'live',
}

const isPlain = (state: StateName): state is StateName & ConnectionStatus => !(state in SHOWN)

/**
 * What a person is shown of it. A move is not seen at all. `aheadMs`: how far the clock of the device is
 * ahead of that of the machine.
 */
export const showMachine = (
  { state, attempt, retryAt, error }: Machine,
  aheadMs: number,
  opened?: OpenedLink | null,
): ConnectionState => ({
  status: isPlain(state) ? state : SHOWN[state],
  via: opened?.link.kind ?? null,
  gateway: opened?.session?.gateway ?? null,
  attempt,
  retryAt: retryAt && retryAt + aheadMs,
  error,
})
