/**
 * `localStorage` with a prefix, apart from what the page keeps there. Memory where it is not allowed, as
 * in a sandboxed frame.
 */
export function pageStorage(prefix: string): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  const memory = new Map<string, string>()
  const attempt = <Value>(action: () => Value, otherwise: Value): Value => {
    try {
      return action()
    } catch {
      return otherwise
    }
  }
  return {
    getItem: (key) =>
      attempt(() => localStorage.getItem(prefix + key), null) ?? memory.get(key) ?? null,
    setItem(key, value) {
      memory.set(key, value)
      attempt(() => localStorage.setItem(prefix + key, value), undefined)
    },
    removeItem(key) {
      memory.delete(key)
      attempt(() => localStorage.removeItem(prefix + key), undefined)
    },
  }
}
