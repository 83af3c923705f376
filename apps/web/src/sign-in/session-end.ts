/** Why nobody is signed in any more, if it was not by the button. */
export type SessionEnd = 'signed-out' | 'revoked' | 'expired'

const SENTENCES: Record<SessionEnd, string> = {
  'signed-out': 'You signed out in another tab.',
  revoked:
    'Your session was ended: on another device, or by whoever runs this server. Sign in to go on.',
  expired: 'Your sign-in has run out. Sign in to go on.',
}

export const sessionEndText = (end: SessionEnd): string => SENTENCES[end]
