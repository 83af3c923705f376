import { createHmac, timingSafeEqual } from 'node:crypto'

/** How long it takes says nothing of where they differ. */
export function isEqualText(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}

/** As Pusher signs everything. */
export const hmacHex = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text).digest('hex')
