import { ask, backOffMs, createView, find, pause, sendFrom } from '../chat-view.js'

/** Above the 25 s that an answer may wait. */
const TIMEOUT_MS = 40_000

const view = createView(find('#lines', HTMLElement))
const note = find('#note', HTMLElement)
const tell = (/** @type {string} */ text) => void (note.textContent = text)

/** The last position that is shown; null before the first answer. @type {number | null} */
let after = null

/** The answer comes when there is something new, or when its time is up. */
async function wait() {
  const query = after === null ? '' : `?after=${after}`
  const answer = await ask(`messages.php${query}`, TIMEOUT_MS)
  if (answer.reset === true) {
    view.clear()
    after = null
    return
  }
  view.show(answer.lines)
  after = answer.after
}

async function waitForEver() {
  for (let failures = 0; ;) {
    try {
      await wait()
      if (failures > 0) tell('')
      failures = 0
    } catch (error) {
      failures += 1
      tell(error instanceof Error ? error.message : String(error))
      await pause(backOffMs(failures, error))
    }
  }
}

sendFrom(find('#say', HTMLFormElement), (body) => ask('messages.php', 15_000, body), tell)
void waitForEver()
