// The one door of `npm start`, `npm test`, `npm run chat`, `check`, `verify`, `soak` and the rest.
// Plain JavaScript that needs nothing installed: it installs and builds what the rest needs, then hands over to it.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const commands = [
  'start',
  'test',
  'chat',
  'check',
  'verify',
  'soak',
  'simulate',
  'scoreboard',
  'bench',
  'capacity',
]
const [command, ...args] = process.argv.slice(2)

try {
  refuseOldNode()
  if (!commands.includes(command))
    refuse(`Unknown command: it is one of ${commands.join(', ')}.`, 2)
  const usage = readFileSync(join(repository, `infra/local/usage/${command}.txt`), 'utf8')
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(usage)
    process.exit(0)
  }
  refuseUnknownFlags(usage)
  await installPackages()
  await build()
} catch (error) {
  console.error(error.message)
  process.exit(error.exitCode ?? 1)
}
process.argv = [process.argv[0], process.argv[1], ...args]
const folders = {
  verify: 'packages/check/dist/run',
  soak: 'packages/check/dist/run',
  scoreboard: 'packages/bench/dist/scoreboard',
  bench: 'packages/bench/dist/bench',
  capacity: 'packages/bench/dist/capacity',
}
const folder = folders[command] ?? 'infra/local/dist'
await import(pathToFileURL(join(repository, folder, `${command}.js`)).href)

function refuse(sentence, exitCode = 1) {
  throw Object.assign(new Error(sentence), { exitCode })
}

/** A slip is said at once, and not after everything was installed and built. */
function refuseUnknownFlags(usage) {
  // What is no flag of ours is for Vitest to judge.
  if (command === 'test') return
  const known = new Set([...usage.matchAll(/^ {2}(--[\w-]+)/gmu)].map(([, flag]) => flag))
  const unknown = args.find((arg) => /^--./u.test(arg) && !known.has(arg.split('=', 1)[0]))
  if (unknown === undefined) return
  const npmName = command === 'start' ? 'npm start' : `npm run ${command}`
  refuse(`Unknown option '${unknown.split('=', 1)[0]}'. See ${npmName} -- --help.`, 2)
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  refuse(`Parley needs Node 20.19 or newer; this is ${process.versions.node}.`)
}

/** Installs when packages are missing or the lockfile has changed since they were installed. */
async function installPackages() {
  const modules = join(repository, 'node_modules')
  const marker = join(modules, '.parley-lock')
  const lockfile = join(repository, 'package-lock.json')
  const hash = existsSync(lockfile)
    ? createHash('sha256').update(readFileSync(lockfile)).digest('hex')
    : 'no lockfile'
  if (existsSync(marker) && readFileSync(marker, 'utf8') === hash) return
  // Not `npm ci`: it begins by deleting all packages, also those of a cluster that runs, and refuses
  // a lockfile written where the optional packages of other systems could not be had.
  const save = existsSync(lockfile) ? ['--no-save'] : []
  await runQuietly('Installing packages', ['npm', 'install', '--no-audit', '--no-fund', ...save])
  writeFileSync(marker, hash)
}

async function build() {
  const turbo = join(repository, 'node_modules/.bin/turbo')
  await runQuietly('Building', [turbo, 'run', 'build', '--output-logs=errors-only'])
}

/** Shows that it works, and what the command said only if it failed. */
async function runQuietly(title, [program, ...programArgs]) {
  const startedAt = performance.now()
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(0)} s`
  const { isTTY } = process.stderr
  const show = (sign, end) => {
    if (isTTY) process.stderr.write(`\r\u001B[2K${sign} ${title} (${seconds()})${end}`)
  }
  if (!isTTY) process.stderr.write(`${title} …\n`)
  show('…', '')
  const timer = setInterval(() => show('…', ''), 1000)
  const { code, output } = await run(program, programArgs)
  clearInterval(timer)
  show(code === 0 ? '✓' : '✗', '\n')
  if (code === 0) return
  process.stderr.write(output)
  refuse(`${title} failed: ${[program, ...programArgs].join(' ').replace(repository, '')}`)
}

function run(program, programArgs) {
  const chunks = []
  const env = {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    // `npm run --silent` would silence the npm below it too, and its errors with it.
    npm_config_loglevel: 'warn',
  }
  const stdio = ['ignore', 'pipe', 'pipe']
  const child = spawn(program, programArgs, { cwd: repository, env, stdio })
  child.stdout.on('data', (chunk) => chunks.push(chunk))
  child.stderr.on('data', (chunk) => chunks.push(chunk))
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, output: `${error.message}\n` }))
    child.once('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString() }))
  })
}
