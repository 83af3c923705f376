import type { CapacityPlan } from './plan-capacity.ts'
import { cpuOf } from './gateway-load.ts'
import { greatest } from './plan-cluster.ts'
import { amount, bytes, percent } from './show-amount.ts'

/** A line of the answer: what, how many, why. */
export interface PlanRow {
  readonly what: string
  readonly count: string
  readonly because: string
}

/** What is needed; counts of processes are of one cluster. */
export function planRows(plan: CapacityPlan): PlanRow[] {
  return [...processRows(plan), ...storeRows(plan), ...figureRows(plan)]
}

function processRows(plan: CapacityPlan): PlanRow[] {
  const { clusters, cluster, supply, oneWouldNeed } = plan
  const { gateway, api } = cluster
  const binding = greatest(cluster.gatewayUses)
  const each = clusters === 1 ? '' : ', each'
  const spare = `and ${supply.spare} to spare`
  const biggest = Object.entries(gateway.cpu).reduce((most, one) => (one[1] > most[1] ? one : most))
  return [
    {
      what: 'clusters',
      count: amount(clusters),
      because:
        clusters === 1
          ? 'one Redis and one MySQL are enough'
          : `in one, ${oneWouldNeed.of} would be needed ${amount(oneWouldNeed.share)} times over; rooms are shared within a cluster only`,
    },
    {
      what: `gateways${each}`,
      count: amount(cluster.gateways),
      because: `${amount(gateway.sockets)} sockets and ${amount(gateway.rooms)} rooms on each; ${binding.of} decides, ${spare}`,
    },
    {
      what: `APIs${each}`,
      count: amount(cluster.apis),
      because: `${amount(api.apiCores)} cores: ${amount(api.commands)} commands/s in transactions of ${amount(api.batch)}, ${amount(api.comparedHeads)} heads/s compared; ${spare}`,
    },
    {
      what: `workers${each}`,
      count: amount(cluster.workers),
      because: `${amount(api.workerCores)} cores for what comes after a commit; ${spare}`,
    },
    {
      what: 'machines',
      count: amount(plan.machines),
      because: `${amount(clusters * (cluster.gateways + cluster.apis + cluster.workers))} processes of one core on ${supply.machineCores} cores each; Redis and MySQL have their own`,
    },
    {
      what: 'a gateway’s core',
      count: percent(cpuOf(gateway)),
      because: `most of it for ${biggest[0] === 'rest' ? 'pings, heads and presence' : biggest[0]}`,
    },
    {
      what: 'a gateway’s memory',
      count: bytes(gateway.memoryMb * 1e6),
      because: `sockets, and the latest events of ${amount(gateway.rooms)} rooms`,
    },
  ]
}

function storeRows({ cluster, supply, storedBytesPerDay }: CapacityPlan): PlanRow[] {
  const { redis, api } = cluster
  const [most = ['', { cpu: 0 }]] = Object.entries(redis.parts).toSorted(
    ([, one], [, other]) => other.cpu - one.cpu,
  )
  return [
    {
      what: 'Redis: its core',
      count: percent(redis.cpu),
      because: `${amount(redis.commands)} commands/s, ${bytes(redis.bytes)}/s; most for ${most[0]}`,
    },
    {
      what: 'Redis: memory',
      count: bytes(redis.memoryMb * 1e6),
      because: 'channels that are followed, and who is here',
    },
    {
      what: 'MySQL: its cores',
      count: percent(api.dbCores / supply.mysqlCores),
      because: `${amount(api.transactions)} transactions/s and ${amount(api.comparedHeads)} heads/s on ${supply.mysqlCores} cores`,
    },
    {
      what: 'MySQL: a day',
      count: bytes(storedBytesPerDay),
      because: 'events, indexes and search, if the busiest time lasts for 8 hours; in all clusters',
    },
  ]
}

function figureRows({ network, storm, cluster, clusters, bottleneck }: CapacityPlan): PlanRow[] {
  const all = clusters * cluster.gateways
  return [
    {
      what: 'network: a gateway',
      count: `${bytes(network.out)}/s`,
      because: `to clients; ${bytes(network.in)}/s from them, ${bytes(network.fromRedis)}/s from Redis`,
    },
    {
      what: 'network: all',
      count: `${bytes(network.out * all)}/s`,
      because: `to clients; ${bytes(network.in * all)}/s from them`,
    },
    {
      what: 'storm',
      count: `${amount(storm.seconds)} s`,
      because: `until ${amount(storm.sockets)} sockets of a cluster are caught up: ${storm.because}`,
    },
    {
      what: 'bottleneck',
      count: percent(bottleneck.share),
      because: `of what is planned with: ${bottleneck.of}`,
    },
  ]
}
