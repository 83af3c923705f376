import { spawn, type ChildProcess as NodeChild } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { LaunchError } from './launch-error.ts'
import { quoteLog } from './quote-log.ts'
import { signalGroup } from './pids-file.ts'
import { identify, type ProcessIdentity } from './process-identity.ts'
import { waitUntil } from './wait-until.ts'

export interface ChildSpec {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly logFile: string
  /** The time to end in order; then it is killed. */
  readonly stopTimeoutMs: number
  readonly isReady: () => Promise<boolean>
}

export interface StartOptions {
  /** Added to the environment of its own, until the next start. */
  readonly env?: NodeJS.ProcessEnv
  /** The folder of the build that it runs from, at this start and all that follow. */
  readonly build?: string
}

export interface Supervision {
  /** Asked when the process ended and nobody had asked it to. */
  readonly mayRestart: () => boolean
  /** The pid changed. */
  readonly onChange: () => void
  readonly onNotice: (text: string) => void
}

const FIRST_BACKOFF_MS = 200
const LONGEST_BACKOFF_MS = 5_000
/** Whoever lived this long did not die of its start, so the next start is not put off. */
const HEALTHY_AFTER_MS = 10_000

/** One process of the cluster, started again when it dies, as an orchestrator would. */
export class ChildProcess {
  readonly name: string
  readonly #spec: ChildSpec
  readonly #supervision: Supervision
  #child: NodeChild | null = null
  #identity: ProcessIdentity | null = null
  #addedEnv: NodeJS.ProcessEnv = {}
  #build: string | undefined
  #startedAt = 0
  #deathsInARow = 0
  #wanted = false
  #backoff: NodeJS.Timeout | undefined
  #lastEnd = ''

  constructor(spec: ChildSpec, supervision: Supervision) {
    this.name = spec.name
    this.#spec = spec
    this.#build = spec.cwd
    this.#supervision = supervision
  }

  /** The folder that it is started in. */
  get build(): string | undefined {
    return this.#build
  }

  /** Null while it is dead. */
  get pid(): number | null {
    return this.#child?.pid ?? null
  }

  get identity(): ProcessIdentity | null {
    return this.#identity
  }

  start({ env = {}, build = this.#build }: StartOptions = {}): void {
    clearTimeout(this.#backoff)
    this.#wanted = true
    this.#addedEnv = env
    this.#build = build
    if (this.#child === null) this.#spawn()
  }

  /** Refuses at once when the process ends and nothing will start it again. */
  async waitReady(timeoutMs: number): Promise<void> {
    let isDead = false
    const isReady = await waitUntil(
      async () => {
        isDead = this.#child === null && this.#backoff === undefined
        return isDead || (this.#child !== null && (await this.#spec.isReady()))
      },
      { timeoutMs },
    )
    if (isDead) throw this.#failure(`${this.name} ended${this.#lastEnd} before it was ready`)
    if (!isReady) throw this.#failure(`${this.name} was not ready within ${timeoutMs / 1_000} s`)
  }

  /** After SIGKILL answers when it is dead; any other signal is only sent. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child?.pid === undefined) return
    if (signal !== 'SIGKILL') {
      child.kill(signal)
      return
    }
    const exit = once(child, 'exit')
    signalGroup(child.pid, 'SIGKILL')
    await exit
  }

  /** Ends it in order, and for good until `start`. */
  async stop(): Promise<void> {
    this.#wanted = false
    clearTimeout(this.#backoff)
    this.#backoff = undefined
    const child = this.#child
    if (child === null) return
    child.kill('SIGTERM')
    // A process that was halted with SIGSTOP hears nothing else.
    child.kill('SIGCONT')
    const ended = await waitUntil(() => this.#child !== child, {
      timeoutMs: this.#spec.stopTimeoutMs,
      everyMs: 10,
    })
    if (!ended) await this.kill('SIGKILL')
  }

  /** For the last moment of this process, which cannot wait for anything. */
  killNow(): void {
    this.#wanted = false
    clearTimeout(this.#backoff)
    if (this.#child?.pid !== undefined) signalGroup(this.#child.pid, 'SIGKILL')
  }

  #spawn(): void {
    const { command, args, logFile } = this.#spec
    const env = { ...(this.#spec.env ?? process.env), ...this.#addedEnv }
    this.#backoff = undefined
    const log = openSync(logFile, 'a', 0o600)
    // In a group of its own: the terminal's Ctrl-C reaches the launcher, which ends things in order.
    const child = spawn(command, args, {
      cwd: this.#build,
      env,
      detached: true,
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    this.#child = child
    this.#startedAt = performance.now()
    this.#identity = child.pid === undefined ? null : identify(child.pid)
    child.once('error', (error) => this.#ended(child, ` (${error.message})`))
    child.once('exit', (code, signal) => {
      this.#ended(child, signal === null ? ` with code ${code}` : ` by ${signal}`)
    })
    this.#supervision.onChange()
  }

  #ended(child: NodeChild, how: string): void {
    if (this.#child !== child) return
    this.#child = null
    this.#identity = null
    this.#lastEnd = how
    if (this.#wanted && this.#supervision.mayRestart()) {
      if (performance.now() - this.#startedAt > HEALTHY_AFTER_MS) this.#deathsInARow = 0
      const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** this.#deathsInARow, LONGEST_BACKOFF_MS)
      this.#deathsInARow += 1
      this.#backoff = setTimeout(() => this.#spawn(), backoffMs)
      this.#supervision.onNotice(`${this.name} ended${how}; starting it again`)
    } else if (this.#wanted) {
      this.#supervision.onNotice(`${this.name} ended${how}`)
    }
    this.#supervision.onChange()
  }

  #failure(sentence: string): LaunchError {
    return new LaunchError(quoteLog(sentence, this.#spec.logFile))
  }
}
