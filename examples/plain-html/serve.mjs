// The files of this page and the script of the element, with a strict content security policy.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'

/** @type {Readonly<Record<string, readonly [file: string, type: string]>>} */
const FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/parley-chat.js': ['../../packages/react/dist/parley-chat.js', 'text/javascript; charset=utf-8'],
}

// Where Parley is (the page connects there, and pictures come from there), and the port of this page.
const [chat = 'http://localhost:8080', port = '4000'] = process.argv.slice(2)
const policy = [
  "default-src 'self'",
  `connect-src ${chat} ${chat.replace(/^http/u, 'ws')}`,
  `img-src ${chat}`,
].join('; ')

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer({ url = '/' }, response) {
  const file = FILES[url.split('?')[0] ?? '/']
  if (file === undefined) return response.writeHead(404).end()
  const body = await readFile(new URL(file[0], import.meta.url)).catch(() => null)
  if (body === null) return response.writeHead(503).end(`${file[0]} is missing: npm run build`)
  response.writeHead(200, { 'content-type': file[1], 'content-security-policy': policy }).end(body)
}

const server = createServer((request, response) => void answer(request, response))
server.listen(Number(port), 'localhost', () => {
  const address = server.address()
  const at = typeof address === 'object' ? address?.port : port
  process.stdout.write(`http://localhost:${at}\n`)
})
