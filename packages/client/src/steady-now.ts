/**
 * Whole milliseconds that only go forward, for what lasts a while in one page: `Date.now()` goes back when
 * somebody sets the clock of the device right, and whoever waits for a time of it waits for as long.
 */
export const steadyNow = (): number => Math.floor(performance.now())
