import { ask, find } from './page.js'

/**
 * @typedef {import('@parley/client').Chat} Chat
 * @typedef {import('@parley/client').RoomListItem} Item
 * @typedef {import('./page.js').ChatElement} ChatElement
 */

const signIn = find('#sign-in', HTMLFormElement)
const desk = find('#desk', HTMLElement)
const list = find('nav ul', HTMLUListElement)
const note = find('#note', HTMLElement)
const subject = find('#subject', HTMLElement)
const closing = find('#close', HTMLButtonElement)
const element = /** @type {ChatElement} */ (find('parley-chat', HTMLElement))

/** @param {() => Promise<unknown>} signing whose outcome the page begins anew with */
async function reloadAfter(signing) {
  const alert = find('#sign-in [role=alert]', HTMLElement)
  alert.textContent = ''
  try {
    await signing()
    location.reload()
  } catch (error) {
    alert.textContent = error instanceof Error ? error.message : String(error)
  }
}

signIn.addEventListener('submit', (event) => {
  event.preventDefault()
  const { value: password } = find('#sign-in input', HTMLInputElement)
  void reloadAfter(() => ask('POST', '/agent/session', { password }))
})

find('#sign-out', HTMLButtonElement).addEventListener('click', () => {
  void reloadAfter(() => ask('DELETE', '/agent/session'))
})

/** The desk knows who is signed in, and signs a token for them. It is asked again before it ends. */
async function getToken() {
  try {
    return /** @type {string} */ ((await ask('GET', '/agent/token')).token)
  } catch (error) {
    const isOut = error instanceof Error && 'status' in error && error.status === 401
    signIn.hidden = !isOut
    desk.hidden = isOut
    throw error
  }
}

/** @type {Map<string, HTMLLIElement>} */
const rows = new Map()

/** @param {Chat} chat */
function showConversations(chat) {
  const { status, error, rooms } = chat.rooms.list.current
  // What nobody has asked anything in is not to be answered yet.
  const open = rooms.filter(({ info, latest }) => !info.archived && latest !== null)
  note.textContent =
    error?.message ?? (status === 'ready' && open.length === 0 ? 'All is answered.' : '')
  const ids = new Set(open.map(({ info }) => info.id))
  for (const id of rows.keys()) if (!ids.has(id)) rows.delete(id)
  const wanted = open.map((item) => showRow(chat, item))
  const isAsItWas =
    list.children.length === wanted.length && wanted.every((row, at) => list.children[at] === row)
  if (isAsItWas) return
  const focused = document.activeElement
  list.replaceChildren(...wanted)
  if (focused instanceof HTMLElement && list.contains(focused)) focused.focus()
}

/**
 * @param {Chat} chat
 * @param {Item} item
 */
function showRow(chat, { info, latest }) {
  let row = rows.get(info.id)
  if (row === undefined) {
    row = document.createElement('li')
    const button = row.appendChild(document.createElement('button'))
    button.append(...['b', 'output', 'span'].map((tag) => document.createElement(tag)))
    button.addEventListener('click', () => choose(chat, info.id))
    rows.set(info.id, row)
  }
  row.firstElementChild?.setAttribute(
    'aria-current',
    String(element.getAttribute('room') === info.id),
  )
  const unread = info.me?.unread ?? 0
  const texts = [info.name ?? '', unread === 0 ? '' : String(unread), latest?.text ?? '']
  // What visitors wrote is put in as text, so that it is never run.
  for (const [at, text] of texts.entries()) {
    const part = row.firstElementChild?.children[at]
    if (part !== undefined && part.textContent !== text) part.textContent = text
  }
  return row
}

/**
 * @param {Chat} chat
 * @param {string} roomId
 */
function choose(chat, roomId) {
  const room = chat.rooms.get(roomId)
  element.setAttribute('room', roomId)
  element.hidden = false
  subject.textContent = room.info.current?.topic ?? ''
  closing.disabled = false
  showConversations(chat)
}

/** Archived it stays readable, for both; nobody writes in it any more. */
async function closeConversation() {
  const roomId = element.getAttribute('room')
  const room = roomId === null ? undefined : element.chat?.rooms.get(roomId)
  closing.disabled = true
  try {
    await room?.update({ archived: true })
  } catch (error) {
    note.textContent = error instanceof Error ? error.message : String(error)
    closing.disabled = false
  }
}

closing.addEventListener('click', () => void closeConversation())

async function start() {
  const [{ parleyUrl }] = await Promise.all([ask('GET', '/settings'), getToken()])
  desk.hidden = false
  element.addEventListener('parley-ready', ({ detail: { chat } }) => {
    chat.rooms.list.subscribe(() => showConversations(chat))
    showConversations(chat)
  })
  element.addEventListener('parley-error', ({ detail }) => {
    note.textContent = detail.error.message
  })
  element.setAttribute('url', parleyUrl)
  element.getToken = getToken
}

start().catch((error) => (note.textContent = error.message))
