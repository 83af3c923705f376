import type { ConnectionState } from '../connection/live-connection.ts'
import { element } from './element.ts'

const SHOW_GOOD_NEWS_MS = 2_500
/** A connection that comes at once needs no words. */
const PATIENCE_MS = 600

/** Says what is wrong with the connection, and for a moment that it is well again. */
export class ConnectionBanner {
  readonly node = element('div', { className: 'banner', role: 'status', hidden: true })
  #wasOffline = false
  #name = ''
  #timer: ReturnType<typeof setTimeout> | undefined

  update(state: ConnectionState): void {
    if (state.name === this.#name) return
    this.#name = state.name
    clearTimeout(this.#timer)
    if (state.name === 'connecting') {
      this.#timer = setTimeout(() => this.#show('Connecting…', 'is-waiting'), PATIENCE_MS)
    } else if (state.name === 'offline') {
      this.#wasOffline = true
      this.#show(
        'Offline — reconnecting. What you write is sent when the connection is back.',
        'is-waiting',
      )
    } else if (state.name === 'ended') {
      this.#show(state.message, 'is-bad')
    } else if (this.#wasOffline) {
      this.#wasOffline = false
      this.#show('Reconnected', 'is-good')
      this.#timer = setTimeout(() => (this.node.hidden = true), SHOW_GOOD_NEWS_MS)
    } else this.node.hidden = true
  }

  #show(text: string, className: string): void {
    this.node.textContent = text
    this.node.className = `banner ${className}`
    this.node.hidden = false
  }
}
