import { createChat, type Chat, type ChatOptions } from '@parley/client'
import { useKeptChat } from './use-kept-chat.ts'

/**
 * Makes a chat and closes it when this is unmounted. `null` in the first render, on a server, and while
 * `options` are (nobody is signed in). Another `url`, `userId`, `token` or `tabs` makes another chat;
 * `getToken` may be a new function every time, the last one is called.
 */
export const useCreateChat = (options: ChatOptions | null): Chat | null =>
  useKeptChat(createChat, options)
