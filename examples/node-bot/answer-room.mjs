import { createHash } from 'node:crypto'
import { ChatError } from '@parley/client'
import { answer } from './answer.mjs'

/** @typedef {import('@parley/client').TimelineMessage} Message */

/**
 * A UUID that is the same whenever it is made of the same words. A message of the bot with such an id is
 * in the room once, however often the bot is started and tries to say it.
 * @param {...(string | number)} words
 */
export function idOf(...words) {
  const hex = createHash('sha256').update(JSON.stringify(words)).digest('hex')
  // Version 8: made in a way of our own. The variant is that of RFC 9562.
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`]
  return [...parts, hex.slice(20, 32)].join('-')
}

/**
 * Answers what is said from now on, and what was said since the bot was here last: its read cursor, which
 * Parley keeps, is its bookmark. Answers what ends it.
 * @param {{
 *   chat: import('@parley/client').Chat,
 *   room: import('@parley/client').Room,
 *   isNew: boolean,
 *   log: (line: string) => void,
 * }} options
 */
export function answerRoom({ chat, room, isNew, log }) {
  const bookmark = room.reading.mine.current.readSeq
  const subscription = room.messages.subscribe(({ type, message }) => {
    if (type === 'created') work = work.then(() => take(message))
  })
  // One after the other, and what is old before what is new.
  let work = isNew ? Promise.resolve() : catchUp()

  async function catchUp() {
    /** @type {Message[]} */
    const missed = []
    let page = await subscription.historyBefore({ limit: 100 })
    for (;;) {
      missed.unshift(...page.items.filter(({ seq }) => seq > bookmark))
      if (!page.hasMore || (page.items[0]?.seq ?? 0) <= bookmark) break
      page = await page.older()
    }
    for (const message of missed) await take(message)
  }

  async function take(/** @type {Message} */ message) {
    // No answer begins with an exclamation mark: two bots cannot go on with each other for ever.
    const said = message.isMine ? null : answer(message.text ?? '')
    if (said !== null) {
      log(`${message.sender.displayName}: ${message.text}`)
      await say(message, said).catch((error) => log(`not answered: ${error.message}`))
    }
    room.reading.markRead(message.seq)
  }

  async function say(/** @type {Message} */ message, /** @type {import('./answer.mjs').Answer} */ said) {
    if (said.later !== undefined) await remind(message, said.later)
    const clientMsgId = idOf('answer', room.id, message.seq)
    const where = message.threadId === undefined ? {} : { threadId: message.threadId }
    const sent = room.messages.send({ ...where, clientMsgId, text: said.text, replyTo: message.seq })
    try {
      await sent.stored
    } catch (error) {
      room.messages.cancel(clientMsgId)
      // The id is in the log with another text: the bot threw other dice before it was started again.
      if (!(error instanceof ChatError && error.code === 'IDEMPOTENCY_MISMATCH')) throw error
      log(`answered before: ${message.seq}`)
    }
  }

  // Parley keeps what is to be said later, and says it also when the bot is gone.
  async function remind(
    /** @type {Message} */ { seq, ts },
    /** @type {NonNullable<import('./answer.mjs').Answer['later']>} */ { afterMs, text },
  ) {
    const clientMsgId = idOf('reminder', room.id, seq)
    const sendAt = new Date(Date.parse(ts) + afterMs).toISOString()
    await chat.call('POST /v1/rooms/:id/scheduled', {
      params: { id: room.id },
      body: { clientMsgId, sendAt, text, replyTo: seq },
      idempotencyKey: clientMsgId,
    })
  }

  return subscription.unsubscribe
}
