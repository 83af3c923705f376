import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  ChildProcess,
  ensurePrograms,
  freePort,
  LaunchError,
  Processes,
  redisSpec,
  type ChildSpec,
} from '@parley/local-cluster'
import { childrenOf } from './children-of.ts'
import type { Role, StartSubjectOptions } from './subject.ts'

const READY_MS = 60_000

/** The processes of one cluster. Who dies stays dead: what is measured after that is not the cluster. */
export class SubjectLaunch {
  readonly dir: string
  readonly nodes: number
  readonly onProgress: (step: string) => void
  readonly frontEnv: Readonly<Record<string, string>>
  redisUrl: string | undefined
  crashes = 0
  readonly #processes = new Processes()
  readonly #roles = new Map<string, Role>()
  readonly #signal: AbortSignal
  readonly #killNow = (): void => this.#processes.killNow()

  constructor({ dir, nodes, frontEnv = {}, onProgress, signal }: StartSubjectOptions) {
    this.dir = dir
    this.nodes = nodes
    this.frontEnv = frontEnv
    this.onProgress = onProgress
    this.#signal = signal
    mkdirSync(join(dir, 'logs'), { recursive: true })
    process.once('exit', this.#killNow)
    signal.addEventListener('abort', this.#killNow)
  }

  logFile(name: string): string {
    return join(this.dir, 'logs', `${name}.log`)
  }

  async start(role: Role, spec: ChildSpec): Promise<void> {
    if (this.#signal.aborted) throw new LaunchError('The start was interrupted.')
    let pid: number | null = null
    const child = new ChildProcess(spec, {
      mayRestart: () => false,
      onChange: () => undefined,
      onNotice: () => {
        this.crashes += 1
        if (pid !== null) endGroup(pid)
      },
    })
    this.#processes.add(child)
    this.#roles.set(spec.name, role)
    child.start()
    pid = child.pid
    await child.waitReady(READY_MS)
  }

  /** Answers its port. */
  async startRedis(): Promise<number> {
    const { 'redis-server': command } = await ensurePrograms(['redis-server'], this.onProgress)
    const port = await freePort()
    const logFile = this.logFile('redis')
    await this.start('broker', redisSpec({ command, port, dir: this.dir, logFile }))
    this.redisUrl = `redis://127.0.0.1:${port}`
    return port
  }

  processes(): { readonly role: Role; readonly pid: number }[] {
    return this.#processes.all().flatMap(({ name, pid }) => {
      const role = this.#roles.get(name)
      if (pid === null || role === undefined) return []
      return [pid, ...childrenOf(pid)].map((one) => ({ role, pid: one }))
    })
  }

  /** First those that hold connections to the others. */
  async stop(): Promise<void> {
    const isFront = ({ name }: ChildProcess): boolean => this.#roles.get(name) === 'front'
    const all = this.#processes.all()
    await Promise.all(all.filter(isFront).map((child) => child.stop()))
    await Promise.all(all.map((child) => child.stop()))
    process.removeListener('exit', this.#killNow)
    this.#signal.removeEventListener('abort', this.#killNow)
  }

  killNow(): void {
    this.#killNow()
  }
}

/** What a process that died had started lives on. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It had started nothing.
  }
}
