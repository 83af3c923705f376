import type { Timeline } from './messages.ts'

/** Of a room or a thread that was not opened. */
export const IDLE: Timeline = {
  status: 'idle',
  error: null,
  items: [],
  hasBefore: false,
  hasAfter: false,
  isLoadingBefore: false,
  isLoadingAfter: false,
  prepended: 0,
}
