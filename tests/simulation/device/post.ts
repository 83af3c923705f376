import type { ErrorBody, MessageSent } from '@parley/message-schema'
import type { VirtualClock } from '../clock/virtual-clock.ts'

const AGAIN_MS = 400

/** A message of a program: asked for over REST, again and again, until it is told what became of it. */
export class Post {
  readonly userId: string
  readonly roomId: string
  readonly clientMsgId: string
  readonly text: string
  attempts = 0
  outcome: 'pending' | { readonly seq: number } | { readonly refused: string } = 'pending'
  readonly #clock: VirtualClock

  constructor(userId: string, roomId: string, number: number, clock: VirtualClock) {
    this.userId = userId
    this.roomId = roomId
    this.clientMsgId = `01990000-0000-7000-8000-${String(number).padStart(12, '0')}`
    this.text = `post ${number}`
    this.#clock = clock
  }

  async run(call: typeof fetch): Promise<void> {
    const { clientMsgId, text } = this
    const address = `http://parley.test/v1/rooms/${this.roomId}/messages`
    while (this.outcome === 'pending') {
      this.attempts += 1
      try {
        const body = JSON.stringify({ clientMsgId, text })
        const response = await call(address, { method: 'POST', body })
        const answer = (await response.json()) as MessageSent | ErrorBody
        if ('seq' in answer) this.outcome = { seq: answer.seq }
        else if (!answer.retryable) this.outcome = { refused: answer.code }
      } catch {
        // Asked again.
      }
      if (this.outcome === 'pending') await this.#clock.sleep(AGAIN_MS)
    }
  }
}
