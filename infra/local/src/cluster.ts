import type { ChildProcess, StartOptions } from './child-process.ts'
import type { ClusterInfo } from './cluster-file.ts'
import { LaunchError } from './launch-error.ts'

/** A running cluster. Processes are named `redis`, `database`, `balancer`, `a1`…, `g1`…, `w1`…; where there are
 * more of the first two, `redis2`…, `sentinel1`…, `database2`. */
export interface Cluster extends AsyncDisposable {
  readonly url: string
  /** Where its data, logs and `cluster.json` are. */
  readonly dir: string
  /** What runs now; the content of `cluster.json`. */
  readonly info: () => ClusterInfo
  /** SIGKILL, if no other signal is named, and that is waited for. With `restart` it is started again. */
  readonly kill: (name: string, signal?: NodeJS.Signals) => Promise<void>
  /** Ends one process in order; it stays dead until `start`. */
  readonly stopProcess: (name: string) => Promise<void>
  /** Starts one that is dead, on its old port, and waits until it is ready. */
  readonly start: (name: string, options?: StartOptions) => Promise<void>
  /** The folder of the build that one runs from; undefined for servers. */
  readonly buildOf: (name: string) => string | undefined
  readonly waitReady: (name: string) => Promise<void>
  /** The balancer knows who lives: those and no others are in its rotation. */
  readonly waitBalanced: () => Promise<void>
  /** Of a pair of databases: which one the apps reach from now on. What they had open to the other ends. */
  readonly pointDatabase: (name: string) => void
  /** Gateways drain first, the database ends last. */
  readonly stop: () => Promise<void>
  /** Ends everything at once, without a drain. */
  readonly killNow: () => void
}

export const READY_TIMEOUT_MS = 60_000

/** The processes of one cluster by name, in the order of their start. */
export class Processes {
  readonly #byName = new Map<string, ChildProcess>()

  add(child: ChildProcess): ChildProcess {
    this.#byName.set(child.name, child)
    return child
  }

  all(): ChildProcess[] {
    return [...this.#byName.values()]
  }

  pid(name: string): number | null {
    return this.#byName.get(name)?.pid ?? null
  }

  get(name: string): ChildProcess {
    const child = this.#byName.get(name)
    if (child !== undefined) return child
    const names = [...this.#byName.keys()].join(', ')
    throw new LaunchError(`The cluster has no process '${name}' of its own; it has ${names}.`)
  }

  /** Nobody loses a connection to something that is still needed. */
  async stopInOrder(): Promise<void> {
    const stages = [
      /^g\d+$/u,
      /^balancer$/u,
      /^w\d+$/u,
      /^a\d+$/u,
      /^sentinel\d+$/u,
      /^redis\d*$/u,
      /^database\d*$/u,
    ]
    for (const stage of stages) {
      const children = this.all().filter(({ name }) => stage.test(name))
      await Promise.all(children.map((child) => child.stop()))
    }
  }

  killNow(): void {
    for (const child of this.all()) child.killNow()
  }
}
