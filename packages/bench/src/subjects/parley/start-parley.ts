import { startCluster, type Cluster } from '@parley/local-cluster'
import { createHost } from '../../peers/parley/host-token.ts'
import { stagePeople } from '../../peers/parley/stage-people.ts'
import type { ClientPlan, Role, StartSubjectOptions, Subject } from '../subject.ts'

/** A few people say in a second what thousands say, and one backend makes all people and rooms. */
const UNLIMITED = {
  SENDS_PER_SECOND: '1000000',
  SEND_BURST: '1000000',
  REQUEST_RATE_PER_MINUTE: '1000000',
  WRITE_RATE_PER_MINUTE: '1000000',
  ROOM_RATE_PER_MINUTE: '1000000',
  MEMBER_RATE_PER_MINUTE: '1000000',
  KEY_RATE_PER_MINUTE: '1000000',
  ADDRESS_RATE_PER_MINUTE: '1000000',
}

/** Its processes can be killed and started, and what they count can be read. */
export interface ParleySubject extends Subject {
  readonly cluster: Cluster
}

export interface ParleyOptions extends StartSubjectOptions {
  /** Of one gateway. Absent: as many as come. */
  readonly handshakesPerSecond?: number
}

/** The whole of it with its own settings but for limits of rate: one API and one worker behind the gateways. */
export async function startParley(options: ParleyOptions): Promise<ParleySubject> {
  const { dir, nodes, frontEnv = {}, isWithoutJobs = false, onProgress, signal } = options
  const { handshakesPerSecond = 100_000 } = options
  const host = createHost()
  let crashes = 0
  const cluster = await startCluster({
    dir,
    gateways: nodes,
    apis: 1,
    workers: isWithoutJobs ? 0 : 1,
    restart: false,
    signal,
    env: {
      api: { ...host.env, ...UNLIMITED },
      gateway: {
        ...host.env,
        SENDS_PER_SECOND: UNLIMITED.SENDS_PER_SECOND,
        SEND_BURST: UNLIMITED.SEND_BURST,
        HANDSHAKES_PER_SECOND: String(handshakesPerSecond),
        ...frontEnv,
      },
      worker: {},
    },
    onProgress,
    onNotice: () => (crashes += 1),
  })
  return {
    name: 'parley',
    dialect: 'parley',
    isOrdered: true,
    cluster,
    redisUrl: cluster.info().redis.url,
    async stage(plan) {
      const people = await stagePeople(plan, { url: cluster.url, dir, host })
      const ports = cluster.info().gateways.map(({ url }) => Number(new URL(url).port))
      return people.map((person, index): ClientPlan => {
        return { ...person, port: ports[index % ports.length] ?? 0 }
      })
    },
    processes: () => processesOf(cluster),
    crashes: () => crashes,
    stop: () => cluster.stop(),
    killNow: () => cluster.killNow(),
  }
}

/** Without the balancer: clients connect to the gateways themselves, as they do to all peers. */
function processesOf(cluster: Cluster): { readonly role: Role; readonly pid: number }[] {
  const { gateways, apis, workers, redis, database } = cluster.info()
  const all: [Role, number | null][] = [
    ...gateways.map(({ pid }): [Role, number | null] => ['front', pid]),
    ...apis.map(({ pid }): [Role, number | null] => ['api', pid]),
    ...workers.map(({ pid }): [Role, number | null] => ['worker', pid]),
    ['broker', redis.pid],
    ['database', database.pid],
  ]
  return all.flatMap(([role, pid]) => (pid === null ? [] : [{ role, pid }]))
}
