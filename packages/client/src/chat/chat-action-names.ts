import type { Chat } from '../chat.ts'

/** What `chat-actions.ts` does. */
export const CHAT_ACTIONS = [
  'updateMe',
  'getPrivacy',
  'setPrivacy',
  'search',
  'acceptInvite',
  'declineInvite',
] as const satisfies (keyof Chat)[]
