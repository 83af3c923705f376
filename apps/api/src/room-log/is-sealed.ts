import type { RoomState } from './batch-state.ts'

/** Whether somebody in the room may not see the message at `seq`: what changes it does not say how, then. */
export const isSealed = ({ history, sealedTo }: RoomState, seq: number): boolean =>
  history === 'since-join' || seq < sealedTo
