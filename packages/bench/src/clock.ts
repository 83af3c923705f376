/**
 * Milliseconds of the machine's monotonic clock: the same in all its processes, so that what one sends
 * and another receives can be compared. It never goes back.
 */
export const clockMs = (): number => Number(process.hrtime.bigint()) / 1e6
