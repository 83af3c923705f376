import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from './app-process.ts'

interface Outcome {
  readonly isGood: boolean
  readonly output: string
}

/** Some of them use every core already; more at a time would only wait for each other. */
const AT_A_TIME = 2

process.exitCode = await run()

/** Every `check:*` script of the root package, several at a time. */
async function run(): Promise<number> {
  const names = checkNames()
  const outcomes: Outcome[] = []
  const next = async (): Promise<void> => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      outcomes.push(await runScript(name))
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, next))
  return outcomes.every(({ isGood }) => isGood) ? 0 : 1
}

function checkNames(): string[] {
  const text = readFileSync(join(REPOSITORY, 'package.json'), 'utf8')
  const { scripts } = JSON.parse(text) as { scripts: Record<string, string> }
  return Object.keys(scripts).filter((name) => name.startsWith('check:'))
}

async function runScript(script: string): Promise<Outcome> {
  const startedAt = performance.now()
  const outcome = await npmRun(script)
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  const name = script.replace('check:', '')
  console.log(`${outcome.isGood ? '✓' : '✗'} ${name} (${seconds} s)`)
  if (!outcome.isGood) console.log(outcome.output)
  return outcome
}

function npmRun(script: string): Promise<Outcome> {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', FORCE_COLOR: '0' }
  const child = spawn('npm', ['run', '--silent', script], { cwd: REPOSITORY, env })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ isGood: false, output: error.message }))
    child.once('close', (code) => {
      resolve({ isGood: code === 0, output: Buffer.concat(chunks).toString() })
    })
  })
}
