const FEWEST = 8

export const countOf = (full: number, scale: number): number =>
  Math.max(FEWEST, Math.round(full * scale))

/** A larger load takes no longer; a smaller one may be shorter, but not shorter than makes sense. */
export const durationOf = (fullMs: number, scale: number, leastMs: number): number =>
  Math.round(Math.min(fullMs, Math.max(leastMs, fullMs * scale)) / 500) * 500
