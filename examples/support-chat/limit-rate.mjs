const WINDOW_MS = 60_000
const MOST = 10_000

/**
 * Answers whether one more is allowed of this address in this minute. Behind a proxy take the address
 * that the proxy names.
 * @param {number} perMinute
 * @returns {(address: string | undefined) => boolean}
 */
export function createLimit(perMinute) {
  /** @type {Map<string, number>} */
  const counts = new Map()
  let windowEndsAt = 0
  return (address = '') => {
    if (Date.now() >= windowEndsAt || counts.size >= MOST) {
      counts.clear()
      windowEndsAt = Date.now() + WINDOW_MS
    }
    const count = (counts.get(address) ?? 0) + 1
    counts.set(address, count)
    return count <= perMinute
  }
}
