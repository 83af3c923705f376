import { ask, backOffMs, createView, find, pause, sendFrom } from '../chat-view.js'

const POLL_MS = 2_000
const TIMEOUT_MS = 15_000

const view = createView(find('#lines', HTMLElement))
const note = find('#note', HTMLElement)
const tell = (/** @type {string} */ text) => void (note.textContent = text)

/** The last position that is shown; null before the first answer. @type {number | null} */
let after = null

async function poll() {
  const query = after === null ? '' : `?after=${after}`
  const answer = await ask(`messages.php${query}`, TIMEOUT_MS)
  if (answer.reset === true) {
    view.clear()
    after = null
    return true
  }
  view.show(answer.lines)
  after = answer.after
  return answer.more
}

async function pollForEver() {
  for (let failures = 0; ;) {
    try {
      const isMore = await poll()
      if (failures > 0) tell('')
      failures = 0
      if (!isMore) await pause(POLL_MS)
    } catch (error) {
      failures += 1
      tell(error instanceof Error ? error.message : String(error))
      await pause(backOffMs(failures, error))
    }
  }
}

sendFrom(find('#say', HTMLFormElement), (body) => ask('messages.php', TIMEOUT_MS, body), tell)
void pollForEver()
