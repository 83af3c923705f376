import type { DetailedHTMLProps, HTMLAttributes } from 'react'
import type { ParleyChatEvents } from './element-context.ts'
import { ParleyChatElement } from './parley-chat-element.ts'

/** The attributes of `<parley-chat>`, for JSX. */
export interface ParleyChatAttributes extends HTMLAttributes<ParleyChatElement> {
  url?: string
  token?: string
  getToken?: ParleyChatElement['getToken']
  room?: string
  theme?: 'light' | 'dark' | 'auto'
  'guest-name'?: string
}

export type ParleyChatProps = DetailedHTMLProps<ParleyChatAttributes, ParleyChatElement>

export type ParleyChatEvent<Name extends keyof ParleyChatEvents> = CustomEvent<
  ParleyChatEvents[Name]
>

declare global {
  interface HTMLElementTagNameMap {
    'parley-chat': ParleyChatElement
  }
  interface HTMLElementEventMap {
    'parley-ready': ParleyChatEvent<'parley-ready'>
    'parley-error': ParleyChatEvent<'parley-error'>
    'parley-unread': ParleyChatEvent<'parley-unread'>
  }
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'parley-chat': ParleyChatProps
    }
  }
}

// Two copies of the script in one page are one element.
if (typeof customElements !== 'undefined' && customElements.get('parley-chat') === undefined) {
  customElements.define('parley-chat', ParleyChatElement)
}

export type { ParleyChatElement, ParleyChatEvents }
