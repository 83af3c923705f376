import { createHash } from 'node:crypto'
import { ChatError } from '@parley/client'
import { answer } from './answer.mjs'

/**
 * @typedef {import('./answer.mjs').Answer} Answer
 * @typedef {import('@parley/client').TimelineMessage} Message
 * @typedef {{ text: string, replyTo: number, threadId?: number, clientMsgId: string }} Draft
 */

/** @param {unknown} error */
const codeOf = (error) => (error instanceof ChatError ? error.code : null)

/**
 * A UUID that is the same whenever it is made of the same words. A message of the bot with such an id is
 * in the room once, however often the bot is started and tries to say it.
 * @param {...(string | number)} words
 */
function idOf(...words) {
  const hex = createHash('sha256').update(JSON.stringify(words)).digest('hex')
  // Version 8: made in a way of our own. The variant is that of RFC 9562.
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
  ]
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
      log(`${message.seq}: ${message.text}`)
      await answerTo(message, said).catch((error) => log(`not answered: ${error.message}`))
    }
    room.reading.markRead(message.seq)
  }

  async function answerTo(/** @type {Message} */ message, /** @type {Answer} */ { text, later }) {
    const { seq, threadId } = message
    const reply = { replyTo: seq, ...(threadId !== undefined && { threadId }) }
    await say({ ...reply, clientMsgId: idOf('answer', room.id, seq), text })
    if (later === undefined) return
    const reminder = { ...reply, clientMsgId: idOf('reminder', room.id, seq), text: later.text }
    await sayLater(reminder, Date.parse(message.ts) + later.afterMs)
  }

  async function say(/** @type {Draft} */ draft) {
    try {
      await room.messages.send(draft).stored
    } catch (error) {
      room.messages.cancel(draft.clientMsgId)
      // The id is in the log with another text: it threw other dice before it was started again.
      if (codeOf(error) !== 'IDEMPOTENCY_MISMATCH') throw error
    }
  }

  /** Parley keeps it, and says it also when the bot is gone. */
  async function sayLater(/** @type {Draft} */ draft, /** @type {number} */ atMs) {
    const body = { ...draft, sendAt: new Date(atMs).toISOString() }
    try {
      await chat.call('POST /v1/rooms/:id/scheduled', { params: { id: room.id }, body })
    } catch (error) {
      // Its time is over. If Parley has said it, it has this very id, and is not said again.
      if (codeOf(error) !== 'INVALID') throw error
      await say(draft)
    }
  }

  return subscription.unsubscribe
}
