import { createHash, randomBytes } from 'node:crypto'

/** 128 random bits: there is nothing to guess, so a plain hash is enough to keep. */
export const makeInviteCode = (): string => randomBytes(16).toString('base64url')

export const hashInviteCode = (code: string): Buffer => createHash('sha256').update(code).digest()
