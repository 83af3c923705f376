import { join } from 'node:path'
import { migrate } from '@parley/database'
import { apiSpec, gatewaySpec, workerSpec, type AppContext, type Replica } from './app-process.ts'
import { serversInRotation, balancerSpec, statsSocketPath } from './balancer.ts'
import { checkAppSettings } from './check-app-settings.ts'
import { ChildProcess, type ChildSpec } from './child-process.ts'
import { removeClusterFile, writeClusterFile, type ClusterInfo } from './cluster-file.ts'
import { Processes, READY_TIMEOUT_MS, type Cluster } from './cluster.ts'
import { freePort } from './free-port.ts'
import { LaunchError } from './launch-error.ts'
import type { PidsFile } from './pids-file.ts'
import { prepareServers, type Programs, type Servers } from './prepare-servers.ts'
import { routedContext, routedPort, routedReplicas } from './route.ts'
import { keepSecrets, type Secrets } from './secrets.ts'
import { seedOnce } from './seed-once.ts'
import type { ClusterOptions } from './start-cluster.ts'
import { waitUntil } from './wait-until.ts'

interface Replicas {
  readonly gateways: readonly Replica[]
  readonly apis: readonly Replica[]
  readonly workers: readonly Replica[]
}

/** One start of a cluster, and what runs from it. */
export class Launch {
  readonly #options: ClusterOptions
  readonly #programs: Programs
  readonly #pids: PidsFile
  #url = ''
  readonly #port: number
  readonly #processes = new Processes()
  readonly #statsSocket: string
  readonly #secrets: Secrets
  readonly #onExit = (): void => this.#processes.killNow()
  #replicas: Replicas = { gateways: [], apis: [], workers: [] }
  #servers: Servers = {
    redisUrl: '',
    databaseUrl: '',
    redis: undefined,
    databases: undefined,
    specs: [],
  }
  #isReady = false
  #stopped: Promise<void> | undefined

  constructor(options: ClusterOptions, programs: Programs, pids: PidsFile, port: number) {
    this.#options = options
    this.#programs = programs
    this.#pids = pids
    this.#port = port
    this.#secrets = keepSecrets(options.dir)
    this.#statsSocket = statsSocketPath(options.dir)
  }

  async run(): Promise<Cluster> {
    const abort = (): void => void this.#stop()
    this.#options.signal?.addEventListener('abort', abort)
    // Whatever ends this process in disorder does not leave the cluster running.
    process.once('exit', this.#onExit)
    try {
      const { env = {}, entryPoints = {}, checkFirst = true } = this.#options
      if (checkFirst) await checkAppSettings({ env, entryPoints }, this.#secrets)
      await this.#startServers()
      await this.#startApps()
      const dead = this.#processes.all().find(({ pid }) => pid === null)
      if (dead !== undefined) await dead.waitReady(0)
      this.#isReady = true
      this.#report()
      return this.#cluster()
    } catch (error) {
      for (const { name } of this.#processes.all()) {
        if (name !== 'database') await this.#processes.get(name).kill('SIGKILL')
      }
      await this.#stop()
      throw error
    } finally {
      this.#options.signal?.removeEventListener('abort', abort)
    }
  }

  async #startServers(): Promise<void> {
    const { dir, seed = false, redisUrl, databaseUrl, redis, database } = this.#options
    this.#step('Starting Redis and the database')
    const servers = await prepareServers({
      dir,
      programs: this.#programs,
      databasePassword: this.#secrets.databasePassword,
      redisUrl,
      databaseUrl,
      redis,
      database,
    })
    this.#servers = servers
    await Promise.all(servers.specs.map((spec) => this.#start(spec)))
    await Promise.all([servers.redis?.join(), servers.databases?.join()])
    this.#step('Migrating the database')
    await migrate(servers.databaseUrl)
    if (databaseUrl !== undefined) return
    const onSeed = (): void => this.#step('Filling in demo data')
    await seedOnce(dir, servers.databaseUrl, { wanted: seed, onSeed })
  }

  async #startApps(): Promise<void> {
    const { dir, apis = 2, gateways = 3, workers = 1, route } = this.#options
    const internalPort = await freePort()
    const publicPort = await routedPort(route, ['client', 'balancer'], this.#port)
    this.#url = `http://127.0.0.1:${publicPort}`
    this.#replicas = {
      apis: await replicas('a', apis),
      gateways: await replicas('g', gateways),
      workers: await replicas('w', workers),
    }
    const context: AppContext = {
      redisUrl: this.#servers.redisUrl,
      databaseUrl: this.#servers.databaseUrl,
      apiUrl: `http://127.0.0.1:${internalPort}`,
      secrets: this.#secrets,
      filesDir: join(dir, 'files'),
      logFile: (name) => this.#log(name),
      env: this.#options.env ?? {},
      entryPoints: this.#options.entryPoints ?? {},
    }
    const balancer = balancerSpec({
      command: this.#programs.haproxy ?? '',
      dir,
      logFile: this.#log('balancer'),
      port: this.#port,
      internalPort,
      statsSocket: this.#statsSocket,
      gateways: await routedReplicas(route, this.#replicas.gateways),
      apis: await routedReplicas(route, this.#replicas.apis),
    })
    this.#step(`Starting ${counted(apis, 'API replica')} and ${counted(workers, 'worker')}`)
    const startAll = (
      specOf: (replica: Replica, its: AppContext) => ChildSpec,
      list: readonly Replica[],
    ) => list.map(async (one) => this.#start(specOf(one, await routedContext(route, one, context))))
    await Promise.all([
      this.#start(balancer),
      ...startAll(apiSpec, this.#replicas.apis),
      ...startAll(workerSpec, this.#replicas.workers),
    ])
    this.#step(`Starting ${counted(gateways, 'gateway')}`)
    await Promise.all(startAll(gatewaySpec, this.#replicas.gateways))
    this.#step('Waiting for the load balancer')
    await this.#waitBalanced()
  }

  async #start(spec: ChildSpec): Promise<void> {
    this.#refuseWhenStopped()
    const child = new ChildProcess(spec, {
      mayRestart: () => this.#isReady && (this.#options.restart ?? true),
      onChange: () => this.#report(),
      onNotice: (text) => {
        if (this.#isReady) this.#options.onNotice?.(text)
      },
    })
    this.#processes.add(child)
    child.start(buildFor(this.#options.builds?.[spec.name]))
    await child.waitReady(READY_TIMEOUT_MS)
  }

  /** Pids change with every start and death; both files follow at once. */
  #report(): void {
    const identities = this.#processes.all().map(({ identity }) => identity)
    if (this.#stopped === undefined || identities.some((identity) => identity !== null)) {
      this.#pids.write(identities.filter((identity) => identity !== null))
    }
    if (this.#isReady && this.#stopped === undefined) {
      writeClusterFile(this.#options.dir, this.#info())
    }
  }

  #info(): ClusterInfo {
    const { redisUrl, databaseUrl, redis, databases } = this.#servers
    const replica = ({ name, port }: Replica, url = `http://127.0.0.1:${port}`) => ({
      name,
      url,
      pid: this.#processes.pid(name),
    })
    return {
      url: this.#url,
      gateways: this.#replicas.gateways.map((one) => replica(one)),
      apis: this.#replicas.apis.map((one) => replica(one)),
      workers: this.#replicas.workers.map((one) => replica(one)),
      balancer: { pid: this.#processes.pid('balancer') },
      redis: {
        url: redisUrl,
        pid: this.#processes.pid('redis'),
        kind: redis === undefined ? 'single' : (this.#options.redis ?? 'single'),
        servers: (redis?.servers ?? []).map((one) => replica(one, `redis://127.0.0.1:${one.port}`)),
      },
      database: {
        url: databaseUrl,
        pid: this.#processes.pid('database'),
        servers: (databases?.servers ?? []).map((one) =>
          replica(one, databaseUrl.replace(/:\d+\//u, `:${one.port}/`)),
        ),
      },
    }
  }

  async #waitBalanced(): Promise<void> {
    const { apis, gateways } = this.#replicas
    const isSettled = async (): Promise<boolean> => {
      const inRotation = await serversInRotation(this.#statsSocket)
      const isAlive = ({ name }: Replica): boolean => this.#processes.pid(name) !== null
      return [...apis, ...gateways].every((one) => inRotation.has(one.name) === isAlive(one))
    }
    const isDone = await waitUntil(isSettled, { timeoutMs: 15_000 })
    this.#refuseWhenStopped()
    if (isDone) return
    throw new LaunchError(
      `The load balancer does not find every server ready; see ${this.#log('balancer')}.`,
    )
  }

  #stop(): Promise<void> {
    this.#stopped ??= this.#stopOnce()
    return this.#stopped
  }

  async #stopOnce(): Promise<void> {
    removeClusterFile(this.#options.dir)
    await this.#processes.stopInOrder()
    this.#servers.databases?.close()
    process.removeListener('exit', this.#onExit)
    this.#pids.remove()
  }

  #cluster(): Cluster {
    const get = (name: string): ChildProcess => this.#processes.get(name)
    return {
      url: this.#url,
      dir: this.#options.dir,
      info: () => this.#info(),
      kill: async (name, signal = 'SIGKILL') => get(name).kill(signal),
      stopProcess: async (name) => get(name).stop(),
      start: async (name, started) => {
        get(name).start(started)
        await get(name).waitReady(READY_TIMEOUT_MS)
      },
      buildOf: (name) => get(name).build,
      waitReady: async (name) => get(name).waitReady(READY_TIMEOUT_MS),
      waitBalanced: () => this.#waitBalanced(),
      pointDatabase: (name) => this.#servers.databases?.pointTo(name),
      stop: () => this.#stop(),
      killNow: () => this.#processes.killNow(),
      [Symbol.asyncDispose]: () => this.#stop(),
    }
  }

  #refuseWhenStopped(): void {
    // The signal ends the start. A cluster that runs is its user's to stop.
    const isAborted = !this.#isReady && this.#options.signal?.aborted === true
    if (isAborted || this.#stopped !== undefined)
      throw new LaunchError('The start was interrupted.')
  }

  #step(text: string): void {
    this.#refuseWhenStopped()
    this.#options.onProgress?.(text)
  }

  #log(name: string): string {
    return join(this.#options.dir, 'logs', `${name}.log`)
  }
}

async function replicas(prefix: string, count: number): Promise<Replica[]> {
  const list: Replica[] = []
  for (let number = 1; number <= count; number += 1) {
    list.push({ name: `${prefix}${number}`, port: await freePort() })
  }
  return list
}

const buildFor = (build: string | undefined) => (build === undefined ? {} : { build })

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}
