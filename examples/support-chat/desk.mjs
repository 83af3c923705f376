// The shop's own server: it has the secrets, the pages have none.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import process, { argv, stderr, stdout } from 'node:process'
import { DeskError, HELP, readSettings } from './desk-settings.mjs'
import { signHostToken } from './host-token.mjs'
import { createLimit } from './limit-rate.mjs'
import { createParleyServer, ParleyRefused } from './parley-server.mjs'
import { createSessions } from './sessions.mjs'

/**
 * @typedef {import('node:http').IncomingMessage} Request
 * @typedef {import('node:http').ServerResponse} Response
 * @typedef {{ status: number, body?: unknown, headers?: Record<string, string> }} Answer
 */

const AGENT = { id: 'shop-agent-erin', displayName: 'Erin of the shop' }
const MOST_CHARACTERS = 4_096

const HTML = 'text/html; charset=utf-8'
const SCRIPT = 'text/javascript; charset=utf-8'
/** @type {Readonly<Record<string, readonly [file: string, type: string]>>} */
const FILES = {
  '/': ['./pages/shop.html', HTML],
  '/agent': ['./pages/agent.html', HTML],
  '/shop.js': ['./pages/shop.js', SCRIPT],
  '/agent.js': ['./pages/agent.js', SCRIPT],
  '/page.js': ['./pages/page.js', SCRIPT],
  '/desk.css': ['./pages/desk.css', 'text/css; charset=utf-8'],
  '/parley-chat.js': [import.meta.resolve('@parley/react/element'), SCRIPT],
}

/** What a visitor or an agent did wrong. */
class Refused extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message)
    this.status = status
  }
}

/** @param {import('./desk-settings.mjs').DeskSettings} settings */
function createDesk(settings) {
  const parley = createParleyServer({ ...settings, agent: AGENT })
  const sessions = createSessions(settings.password)
  const mayOpen = createLimit(5)
  const mayTry = createLimit(10)

  /** @type {Readonly<Record<string, (request: Request) => Answer | Promise<Answer>>>} */
  const routes = {
    'GET /favicon.ico': () => ({ status: 204 }),

    'GET /settings': () => ({ status: 200, body: { parleyUrl: settings.parleyUrl } }),

    async 'POST /conversations'(request) {
      if (!mayOpen(request.socket.remoteAddress)) throw new Refused(429, 'Try again in a minute.')
      const { name, subject } = await readJson(request)
      const conversation = { name: line(name, 'name', 40), topic: line(subject, 'subject', 80) }
      return { status: 201, body: await parley.openConversation(conversation) }
    },

    async 'POST /agent/session'(request) {
      if (!mayTry(request.socket.remoteAddress)) throw new Refused(429, 'Try again in a minute.')
      const cookie = sessions.open((await readJson(request))['password'])
      if (cookie === null) throw new Refused(403, 'This is not the password.')
      return { status: 204, headers: { 'set-cookie': cookie } }
    },

    'DELETE /agent/session': ({ headers }) => ({
      status: 204,
      headers: { 'set-cookie': sessions.close(headers.cookie) },
    }),

    'GET /agent/token'({ headers }) {
      if (!sessions.isOpen(headers.cookie)) throw new Refused(401, 'Sign in.')
      return { status: 200, body: { token: signHostToken(settings.tokens, AGENT) } }
    },
  }

  /** @param {Request} request @returns {Promise<Answer>} */
  async function answer(request) {
    const { headers, method = '', url = '/' } = request
    const pathname = url.split('?')[0] ?? '/'
    const route = routes[`${method} ${pathname}`]
    if (route === undefined) return await readPage(method, pathname)
    // A browser names the page that asks: no other site may do so in the name of whoever looks at it.
    const { origin, host } = headers
    const isOurs = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
    if (!isOurs) throw new Refused(403, 'Not from here.')
    return await route(request)
  }

  return { answer, putAgent: parley.putAgent }
}

/** @param {string} method @param {string} pathname @returns {Promise<Answer>} */
async function readPage(method, pathname) {
  const file = Object.hasOwn(FILES, pathname) && method === 'GET' ? FILES[pathname] : undefined
  if (file === undefined) throw new Refused(404, 'There is nothing here.')
  const body = await readFile(new URL(file[0], import.meta.url)).catch(() => null)
  if (body === null) throw new Refused(503, `${file[0]} is missing: npm run build`)
  return { status: 200, body, headers: { 'content-type': file[1] } }
}

/** @param {Request} request @returns {Promise<Record<string, unknown>>} */
async function readJson(request) {
  if (request.headers['content-type'] !== 'application/json') throw new Refused(415, 'Send JSON.')
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk
    if (text.length > MOST_CHARACTERS) throw new Refused(413, 'This is too much.')
  }
  try {
    const body = JSON.parse(text)
    if (typeof body === 'object' && body !== null) return body
  } catch {
    // Said below.
  }
  throw new Refused(400, 'This is no JSON object.')
}

/** @param {unknown} value @param {string} name @param {number} longest */
function line(value, name, longest) {
  const text = typeof value === 'string' ? value.trim() : ''
  if (text !== '' && text.length <= longest && !/\p{Cc}/u.test(text)) return text
  throw new Refused(400, `${name} has to be one line of 1 to ${longest} characters.`)
}

/** @param {unknown} error @returns {Answer} */
function explain(error) {
  if (error instanceof Refused) return { status: error.status, body: { message: error.message } }
  if (error instanceof ParleyRefused && error.code === 'INVALID') {
    return { status: 400, body: { message: 'Parley does not take this name.' } }
  }
  // Whoever runs the desk is told why, whoever visits it is not.
  stderr.write(`${error instanceof ParleyRefused ? error.code : ''} ${String(error)}\n`)
  return { status: 502, body: { message: 'The desk is closed for a moment. Try again.' } }
}

async function run() {
  if (argv.includes('--help')) return void stdout.write(HELP)
  const settings = readSettings()
  const desk = createDesk(settings)
  await desk.putAgent()
  const policy = [
    "default-src 'self'",
    `connect-src 'self' ${settings.parleyUrl} ${settings.parleyUrl.replace(/^http/u, 'ws')}`,
    `img-src 'self' ${settings.parleyUrl} blob:`,
    "frame-ancestors 'none'",
  ].join('; ')

  /** @param {Request} request @param {Response} response */
  async function respond(request, response) {
    const { status, body, headers } = await desk.answer(request).catch(explain)
    response.writeHead(status, {
      'cache-control': 'no-store',
      'content-security-policy': policy,
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
      ...headers,
    })
    response.end(Buffer.isBuffer(body) || body === undefined ? body : JSON.stringify(body))
  }

  const server = createServer((request, response) => void respond(request, response))
  server.listen(settings.port, 'localhost', () => {
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : settings.port
    stdout.write(`shop http://localhost:${port}, desk http://localhost:${port}/agent\n`)
  })
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      server.close()
      server.closeAllConnections()
    })
  }
}

run().catch((error) => {
  const isKnown = error instanceof DeskError || error instanceof ParleyRefused
  stderr.write(`${isKnown ? error.message : (error.stack ?? error)}\n`)
  process.exitCode = 1
})
