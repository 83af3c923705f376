// Starts the PHP site of the examples, and a Parley for it unless one is named. Needs nothing installed:
// `npm start`, which it calls, installs and builds what is missing.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process, { argv, env, stderr, stdout } from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const HELP = `Usage: npm run example:php -- [flags]

Starts a PHP site with four ways to chat, and Parley with it.

  --port P   port of the site (4200)
  --url U    a Parley that runs; then these variables are needed:
             PARLEY_API_KEY     a key that may do everything
             SITE_DATABASE_URL  mysql://user:password@127.0.0.1:3306, of somebody who may make databases and users
             HOST_JWT_SECRET    as Parley knows it; HOST_JWT_ISSUER too, if it is not php.example
             and Parley has to know the site: ALLOWED_ORIGINS=http://127.0.0.1:4200
  --help     show this
`
const HERE = fileURLToPath(new URL('.', import.meta.url))
const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
/** A long poll holds one of them for 25 s. */
const WORKERS = 16

/** What PHP's own server says of itself and of each request. */
const OF_THE_SERVER = / Development Server |(?:Accepted|Closing)$| \[\d{3}\]: (?:GET|HEAD|POST) /u

/** Something that the person who started it can put right. */
class RunError extends Error {}

/** @type {(() => unknown)[]} */
const cleanups = []
const interrupted = new AbortController()

function readFlags() {
  try {
    const options = /** @type {const} */ ({
      port: { type: 'string', default: '4200' },
      url: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    })
    const { values } = parseArgs({ args: argv.slice(2), options })
    const port = Number(values.port)
    if (!/^\d+$/u.test(values.port) || port < 1 || port > 65_535) {
      throw new RunError('--port takes a number from 1 to 65535.')
    }
    const { url } = values
    if (url !== undefined && (!URL.canParse(url) || !/^https?:/u.test(url))) {
      throw new RunError('--url takes an address like http://127.0.0.1:8080.')
    }
    return { port, url: url === undefined ? undefined : new URL(url).origin, help: values.help }
  } catch (error) {
    if (error instanceof RunError) throw error
    throw new RunError(`${/** @type {Error} */ (error).message} See --help.`)
  }
}

/** @param {number} port */
async function refuseTakenPort(port) {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening').catch(() => {
    throw new RunError(`Port ${port} is taken: choose another one with --port.`)
  })
  server.close()
  await once(server, 'close')
}

/**
 * @typedef {{ PARLEY_URL: string, PARLEY_API_KEY: string, SITE_DATABASE_URL: string,
 *   HOST_JWT_SECRET: string, HOST_JWT_ISSUER: string }} ParleySettings
 */

/** @param {string} name */
function needed(name) {
  const value = env[name]
  if (value) return value
  throw new RunError(`With --url ${name} is needed. See --help.`)
}

/** @param {string} url @returns {ParleySettings} */
const settingsOf = (url) => ({
  PARLEY_URL: url,
  PARLEY_API_KEY: needed('PARLEY_API_KEY'),
  SITE_DATABASE_URL: needed('SITE_DATABASE_URL'),
  HOST_JWT_SECRET: needed('HOST_JWT_SECRET'),
  HOST_JWT_ISSUER: env['HOST_JWT_ISSUER'] ?? 'php.example',
})

/** `npm start`, which knows the site. @param {string} siteUrl @returns {Promise<ParleySettings>} */
async function startParley(siteUrl) {
  const host = {
    HOST_JWT_SECRET: env['HOST_JWT_SECRET'] ?? randomBytes(32).toString('hex'),
    HOST_JWT_ISSUER: env['HOST_JWT_ISSUER'] ?? 'php.example',
  }
  const bootstrap = join(REPOSITORY, 'infra/local/bootstrap.mjs')
  const flags = ['start', '--gateways', '2', '--apis', '1']
  const child = spawn(process.execPath, [bootstrap, ...flags], {
    cwd: REPOSITORY,
    env: { ...env, ...host, ALLOWED_ORIGINS: siteUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
    // Ctrl-C is for this process, which ends Parley last.
    detached: true,
  })
  const exited = once(child, 'exit')
  cleanups.push(async () => {
    child.kill('SIGTERM')
    await exited
  })
  const url = await new Promise((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (/** @type {Buffer} */ chunk) => {
      if (said.length < 10_000) said += chunk.toString()
      const ready = /^ready (\S+)$/mu.exec(said)
      if (ready !== null) resolve(ready[1])
    })
    child.once('exit', () => reject(new RunError('Parley has ended.')))
  })
  void exited.then(() => interrupted.abort())
  const folder = join(REPOSITORY, '.parley')
  const { database } = JSON.parse(readFileSync(join(folder, 'cluster.json'), 'utf8'))
  return {
    PARLEY_URL: url,
    PARLEY_API_KEY: readFileSync(join(folder, 'secrets/root-api-key'), 'utf8').trim(),
    // Parley's own user may not give rights to others.
    SITE_DATABASE_URL: database.url.replace('parley:', 'parley_admin:'),
    ...host,
  }
}

async function findPhp() {
  const { ensurePrograms } = await import(
    new URL('../../infra/local/dist/index.js', import.meta.url).href
  )
  const { php } = await ensurePrograms(['php'], (/** @type {string} */ step) =>
    stderr.write(`${step} …\n`),
  )
  return /** @type {string} */ (php)
}

/** @param {string} php @param {string[]} args @param {NodeJS.ProcessEnv} settings */
async function runPhp(php, args, settings) {
  const child = spawn(php, args, {
    cwd: HERE,
    env: { PATH: env['PATH'], ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new RunError(`php ${args.join(' ')} failed: ${output}`)
  return output
}

/** @param {string} php @param {number} port @param {NodeJS.ProcessEnv} settings */
async function servePhp(php, port, settings) {
  const sessions = mkdtempSync(join(tmpdir(), 'parley-php-'))
  cleanups.push(() => rmSync(sessions, { recursive: true, force: true }))
  const child = spawn(
    php,
    ['-d', `session.save_path=${sessions}`, '-S', `127.0.0.1:${port}`, '-t', HERE],
    {
      cwd: HERE,
      env: { PATH: env['PATH'], ...settings, PHP_CLI_SERVER_WORKERS: String(WORKERS) },
      stdio: ['ignore', 'ignore', 'pipe'],
      // Its workers are processes of their own, which end as one group.
      detached: true,
    },
  )
  const exited = once(child, 'exit')
  const { pid } = child
  if (pid === undefined) throw new RunError('PHP does not start.')
  child.stderr.on('data', (/** @type {Buffer} */ chunk) => {
    for (const line of chunk.toString().split('\n')) {
      if (line !== '' && !OF_THE_SERVER.test(line)) stderr.write(`${line}\n`)
    }
  })
  cleanups.push(async () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-pid, 'SIGKILL')
    await exited
  })
  void exited.then(() => interrupted.abort())
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null)
    if (answer?.ok === true) return
    if (interrupted.signal.aborted) throw new RunError('The PHP site does not start.')
    await pause(50)
  }
}

async function run() {
  const { port, url, help } = readFlags()
  if (help) return void stdout.write(HELP)
  const site = `http://127.0.0.1:${port}`
  await refuseTakenPort(port)
  const settings = url === undefined ? await startParley(site) : settingsOf(url)
  const php = await findPhp()
  if (interrupted.signal.aborted) return
  const forSetup = { ...settings, SITE_URL: site }
  const made = JSON.parse(await runPhp(php, ['setup.php'], forSetup))
  cleanups.push(() => runPhp(php, ['setup.php', '--undo'], forSetup))
  // The site has none of what setup was given: its key may do less.
  const { PARLEY_URL, HOST_JWT_SECRET, HOST_JWT_ISSUER } = settings
  await servePhp(php, port, { PARLEY_URL, HOST_JWT_SECRET, HOST_JWT_ISSUER, ...made })
  stdout.write(`ready ${site}

  ${site}/ajax-polling/       AJAX polling
  ${site}/long-polling/       long polling
  ${site}/host-login/         Socket.IO with the login of the site
  ${site}/server-publishing/  the site speaks, and hears by webhook

  Sign in as ada, ben, cleo or dora with let-me-in. Ctrl-C stops everything.
`)
  if (!interrupted.signal.aborted) await once(interrupted.signal, 'abort')
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => interrupted.abort())
try {
  await run()
} catch (error) {
  if (!interrupted.signal.aborted || error instanceof RunError) {
    const isKnown = error instanceof RunError
    stderr.write(`${isKnown ? error.message : /** @type {Error} */ (error).stack}\n`)
    process.exitCode = 1
  }
}
for (const clean of cleanups.toReversed()) {
  try {
    await clean()
  } catch (error) {
    stderr.write(`${/** @type {Error} */ (error).message}\n`)
  }
}
