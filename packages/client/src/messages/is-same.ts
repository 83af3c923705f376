/** Of plain data, whatever the order of fields. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object') return false
  if (one === null || other === null || Array.isArray(one) !== Array.isArray(other)) return false
  const keys = Object.keys(one)
  if (keys.length !== Object.keys(other).length) return false
  const fields = other as Record<string, unknown>
  return keys.every(
    (key) => key in fields && isSame((one as Record<string, unknown>)[key], fields[key]),
  )
}
