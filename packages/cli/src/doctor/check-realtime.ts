import { ask, askWebSocket, whyNot } from './ask.ts'
import { error, ok, skipped, type Finding } from './finding.ts'

const PATH = '/socket.io/?EIO=4&transport='
/** With two gateways and no stickiness, all of these find theirs by chance one time in 4,000. */
const SESSIONS = 6

/** What sockets need of the balancer. Nobody signs in: the handshake below that is enough. */
export async function checkRealtime(url: string): Promise<Finding[]> {
  const { origin } = new URL(url)
  return [await webSocket(origin), await polling(origin)]
}

async function webSocket(origin: string): Promise<Finding> {
  try {
    const status = await askWebSocket(origin, `${PATH}websocket`)
    if (status === 101) return ok('websocket', 'A WebSocket comes through.')
    return error(
      'websocket',
      `A WebSocket was answered ${status}: have the balancer pass Upgrade for /socket.io/ to the gateways.`,
    )
  } catch (problem) {
    return error('websocket', `A WebSocket does not come through: ${whyNot(problem)}.`)
  }
}

async function polling(origin: string): Promise<Finding> {
  const gateways = new Set<string>()
  try {
    for (let n = 0; n < SESSIONS; n += 1) {
      const sid = await openSession(origin)
      if (sid === undefined) {
        return error(
          'polling-sticky',
          'Long polling was not answered by a gateway: have the balancer send /socket.io/ to the gateways.',
        )
      }
      gateways.add(sid.split('.', 1)[0] ?? '')
      if (!(await isKnown(origin, sid))) return notSticky
    }
  } catch (problem) {
    return error('polling-sticky', `Long polling does not come through: ${whyNot(problem)}.`)
  }
  return gateways.size > 1
    ? ok('polling-sticky', `Long polling stays at its gateway; ${gateways.size} answered.`)
    : skipped('polling-sticky', 'Only one gateway answered, so nothing could go to a wrong one.')
}

const notSticky = error(
  'polling-sticky',
  'Long polling comes to gateways that do not know its session: route /socket.io/ by the name before the dot in sid.',
)

async function openSession(origin: string): Promise<string | undefined> {
  const { status, body } = await ask(origin, `${PATH}polling`)
  // `0{"sid":…}`: the packet that opens a session of Engine.IO.
  const sid = /^0\{.*"sid":"([^"]+)"/u.exec(body)?.[1]
  return status === 200 ? sid : undefined
}

/** Asks to connect without a token, and hears the refusal: both need the gateway that has the session. */
async function isKnown(origin: string, sid: string): Promise<boolean> {
  const path = `${PATH}polling&sid=${encodeURIComponent(sid)}`
  const headers = { 'content-type': 'text/plain;charset=UTF-8' }
  const said = await ask(origin, path, { method: 'POST', headers, body: '40' })
  if (said.status !== 200) return false
  return (await ask(origin, path)).status === 200
}
