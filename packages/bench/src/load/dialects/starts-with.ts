/** Without a slice, which would be one object a message. */
export function startsWith(bytes: Buffer, from: number, to: number, prefix: Buffer): boolean {
  const { length } = prefix
  if (to - from < length) return false
  for (let at = 0; at < length; at += 1) if (bytes[from + at] !== prefix[at]) return false
  return true
}
