import type { Chat, ChatError } from '@parley/client'
import { createContext, useContext } from 'react'
import type { ElementSettings } from './element-settings.ts'
import type { Formats } from './formats.ts'
import type { Strings } from './strings.ts'

/** What every part of the element knows. */
export interface ElementTools {
  readonly settings: ElementSettings
  readonly strings: Strings
  readonly formats: Formats
  readonly emit: EmitElementEvent
}

/** Dispatches one of the element's own events. */
export type EmitElementEvent = <Name extends keyof ParleyChatEvents>(
  name: Name,
  detail: ParleyChatEvents[Name],
) => void

/** The `detail` of each event. */
export interface ParleyChatEvents {
  /** The chat is live for the first time. */
  readonly 'parley-ready': { readonly chat: Chat }
  /** Somebody has to do something: sign in again, or give another room. */
  readonly 'parley-error': { readonly error: ChatError }
  /** How many messages are unread: of the room that is shown, else of all. */
  readonly 'parley-unread': { readonly count: number }
}

export const ElementContext = createContext<ElementTools | null>(null)

export function useElement(): ElementTools {
  const tools = useContext(ElementContext)
  if (tools === null) throw new Error('This is a part of <parley-chat>.')
  return tools
}
