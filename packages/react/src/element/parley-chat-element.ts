import type { Chat, GetToken } from '@parley/client'
import { createElement } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { adoptStyles } from './adopt-styles.ts'
import type { ParleyChatEvents } from './element-context.ts'
import { ATTRIBUTES, readSettings } from './element-settings.ts'
import { ParleyChatApp } from './parley-chat-app.tsx'

/** Where there is no page (a server that renders) the class can be imported, and does nothing. */
const Base =
  typeof HTMLElement === 'undefined' ? (Object as unknown as typeof HTMLElement) : HTMLElement

/**
 * `<parley-chat url="…" guest-name="Visitor" room="…">`. README.md of this package has its attributes,
 * events, CSS properties and parts.
 */
export class ParleyChatElement extends Base {
  static readonly observedAttributes: readonly string[] = ATTRIBUTES

  #root: Root | null = null
  #getToken: GetToken | null = null
  #chat: Chat | null = null
  #ending: ReturnType<typeof setTimeout> | null = null

  /** Answers a token whenever one is needed. In place of the attribute `token`. */
  get getToken(): GetToken | null {
    return this.#getToken
  }

  set getToken(getToken: GetToken | null) {
    this.#getToken = getToken
    this.#render()
  }

  /** The chat itself, from `parley-ready` on. */
  get chat(): Chat | null {
    return this.#chat
  }

  connectedCallback(): void {
    // A page may have set it before this class was there: that is a plain property then.
    if (Object.hasOwn(this, 'getToken')) {
      const given = this.getToken
      Reflect.deleteProperty(this, 'getToken')
      this.#getToken = given
    }
    if (this.#ending !== null) clearTimeout(this.#ending)
    this.#ending = null
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    adoptStyles(shadow)
    this.#root ??= createRoot(shadow)
    this.#render()
  }

  disconnectedCallback(): void {
    // Who is only moved to another place in the page keeps the chat.
    this.#ending = setTimeout(() => {
      this.#root?.unmount()
      this.#root = null
      this.#chat = null
      this.#ending = null
    }, 0)
  }

  attributeChangedCallback(): void {
    this.#render()
  }

  readonly #emit = <Name extends keyof ParleyChatEvents>(
    name: Name,
    detail: ParleyChatEvents[Name],
  ): void => {
    if ('chat' in detail) this.#chat = detail.chat
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }))
  }

  #render(): void {
    if (this.#root === null) return
    const { documentElement } = this.ownerDocument
    const settings = readSettings((name) => this.getAttribute(name), this.#getToken, {
      documentLanguage: this.closest<HTMLElement>('[lang]:not(parley-chat)')?.lang ?? '',
      documentDir: documentElement.dir,
      navigatorLanguages: navigator.languages,
    })
    this.#root.render(createElement(ParleyChatApp, { settings, emit: this.#emit }))
  }
}
