import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

/** Whose link it is, to what, and until when (ms). */
export interface LinkedFile {
  readonly userId: string
  readonly fileId: string
  readonly isThumbnail: boolean
  readonly expiresAtMs: number
}

export interface FileLinks {
  /** The same for the whole of a time slot, so that a browser knows again what it has. */
  readonly sign: (
    file: Omit<LinkedFile, 'expiresAtMs'>,
    nowMs: number,
  ) => {
    readonly token: string
    readonly expiresAtMs: number
  }
  /** `undefined` for what is none of ours, was changed, or is over. */
  readonly verify: (token: string, nowMs: number) => LinkedFile | undefined
}

const SLOT_MS = 5 * 60_000
/** A link is good for this long at least, and for one slot more at most. */
const LEAST_MS = 10 * 60_000

const Content = z.tuple([z.string(), z.string(), z.union([z.literal(0), z.literal(1)]), z.int()])

/** Every replica makes the same key of the secret that all of them have. */
export function createFileLinks(secret: string): FileLinks {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'parley file links', 32))
  const macOf = (content: string): Buffer => createHmac('sha256', key).update(content).digest()

  return {
    sign({ userId, fileId, isThumbnail }, nowMs) {
      const expiresAtMs = (Math.ceil(nowMs / SLOT_MS) + LEAST_MS / SLOT_MS) * SLOT_MS
      const fields = [userId, fileId, isThumbnail ? 1 : 0, expiresAtMs]
      const content = Buffer.from(JSON.stringify(fields)).toString('base64url')
      return { token: `${content}.${macOf(content).toString('base64url')}`, expiresAtMs }
    },

    verify(token, nowMs) {
      const [content = '', mac = '', ...more] = token.split('.')
      const given = Buffer.from(mac, 'base64url')
      const expected = macOf(content)
      if (more.length > 0 || given.length !== expected.length) return undefined
      if (!timingSafeEqual(given, expected)) return undefined
      const parsed = Content.parse(JSON.parse(Buffer.from(content, 'base64url').toString()))
      const [userId, fileId, isThumbnail, expiresAtMs] = parsed
      if (expiresAtMs <= nowMs) return undefined
      return { userId, fileId, isThumbnail: isThumbnail === 1, expiresAtMs }
    },
  }
}
