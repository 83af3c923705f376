import type { Chat } from '../chat.ts'

/** What `chat-actions.ts` does. */
export const CHAT_ACTIONS = [
  'updateMe',
  'getPrivacy',
  'setPrivacy',
  'search',
  'exportRoom',
  'acceptInvite',
  'declineInvite',
] as const satisfies (keyof Chat)[]
