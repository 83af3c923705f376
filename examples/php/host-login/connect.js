import { ask, find } from '../chat-view.js'

/** @typedef {import('@parley/react/element').ParleyChatElement} ParleyChatElement */

const chat = /** @type {ParleyChatElement} */ (find('parley-chat', HTMLElement))
const note = find('#note', HTMLElement)

/** The session of the site says who this is. Asked again before the token ends. */
chat.getToken = async () => (await ask('token.php', 10_000)).token

chat.addEventListener('parley-error', ({ detail: { error } }) => {
  note.textContent = error.message
})
