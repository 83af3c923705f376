import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ChatError, createChat } from '@parley/client'

/** What the load takes of `@parley/client`. */
export interface Sdk {
  readonly createChat: typeof createChat
  readonly ChatError: typeof ChatError
}

export const OWN_SDK: Sdk = { createChat, ChatError }

/** That of another version, as it was built. */
export async function sdkOf(build: string): Promise<Sdk> {
  return (await import(pathToFileURL(join(build, 'packages/client/dist/index.js')).href)) as Sdk
}
