/** A UUID of version 7: the time, then chance. Of a page that did not come over HTTPS, too. */
export function newId(): string {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
  const time = Date.now().toString(16).padStart(12, '0')
  // Its version is 7 and its variant 10, in binary.
  const variant = '89ab'.charAt(parseInt(random.charAt(0), 16) % 4)
  const parts = [time.slice(0, 8), time.slice(8), `7${random.slice(1, 4)}`]
  return [...parts, `${variant}${random.slice(4, 7)}`, random.slice(7, 19)].join('-')
}
