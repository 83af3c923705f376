import { apiLoad, type ApiLoad } from './api-load.ts'
import type { Demand, Supply } from './demand.ts'
import { gatewayLoad, type GatewayLoad } from './gateway-load.ts'
import { leastThat } from './least-that.ts'
import type { Constants } from './measured-constants.ts'
import { redisLoad, type RedisLoad } from './redis-load.ts'

/** How much of something is used: 1 is all that is planned with. */
export interface Use {
  readonly of: string
  readonly share: number
}

/** One cluster: as many gateways, APIs and workers as are needed, one Redis, one MySQL. */
export interface ClusterPlan {
  readonly gateways: number
  readonly apis: number
  readonly workers: number
  readonly gateway: GatewayLoad
  readonly api: ApiLoad
  readonly redis: RedisLoad
  /** What decided how many gateways there are. */
  readonly gatewayUses: readonly Use[]
  /** What more processes do not add to. Above 1, one cluster does not do. */
  readonly ceilings: readonly Use[]
}

/** Of a gateway's descriptors, for what are no clients. */
const OWN_FILES = 200
const LEAST = { gateways: 1, apis: 1, workers: 1 }
const MOST_APIS = 4_096

function gatewayUses(load: GatewayLoad, supply: Supply): Use[] {
  return [
    { of: 'processor', share: load.cpuShare / supply.load },
    { of: 'memory', share: load.memoryMb / supply.gatewayMemoryMb },
    { of: 'file descriptors', share: load.sockets / Math.max(1, supply.files - OWN_FILES) },
  ]
}

export const greatest = (uses: readonly Use[]): Use =>
  uses.reduce((most, use) => (use.share > most.share ? use : most))

export function planCluster(demand: Demand, supply: Supply, c: Constants): ClusterPlan {
  const usesWith = (gateways: number): Use[] =>
    gatewayUses(gatewayLoad(demand, supply, gateways, c), supply)
  const needed =
    leastThat(LEAST.gateways, c.leaseOwners, (count) => greatest(usesWith(count)).share <= 1) ??
    c.leaseOwners + 1
  const gateways = needed + supply.spare
  const loadWith = (apis: number): ApiLoad => apiLoad(demand, supply, { gateways, apis }, c)
  const neededApis =
    leastThat(LEAST.apis, MOST_APIS, (count) => loadWith(count).apiCores <= count * supply.load) ??
    MOST_APIS
  const apis = neededApis + supply.spare
  const api = loadWith(apis)
  const workers = Math.max(LEAST.workers, Math.ceil(api.workerCores / supply.load)) + supply.spare
  const redis = redisLoad(demand, gateways, c)
  return {
    gateways,
    apis,
    workers,
    gateway: gatewayLoad(demand, supply, gateways, c),
    api,
    redis,
    gatewayUses: usesWith(needed),
    ceilings: [
      { of: 'Redis: processor', share: redis.cpu / supply.load },
      { of: 'Redis: network', share: redis.bytes / (c.redisBytesPerSecond * supply.load) },
      { of: 'MySQL: processor', share: api.dbCores / (supply.mysqlCores * supply.load) },
      { of: 'MySQL: commits', share: api.transactions / (c.commitsPerSecond * supply.load) },
      { of: 'gateways whose presence is read', share: gateways / c.leaseOwners },
    ],
  }
}
