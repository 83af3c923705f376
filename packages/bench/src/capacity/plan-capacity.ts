import { storedBytesPerDay } from './api-load.ts'
import { messagesInLargest, partOf, usersOf, type Demand, type Supply } from './demand.ts'
import { leastThat } from './least-that.ts'
import { MEASURED, type Constants } from './measured-constants.ts'
import { networkLoad, type NetworkLoad } from './network-load.ts'
import { greatest, planCluster, type ClusterPlan, type Use } from './plan-cluster.ts'
import { stormLoad, type StormLoad } from './storm-load.ts'

export interface CapacityPlan {
  readonly demand: Demand
  readonly supply: Supply
  /** Clusters that share nothing: of each there is as much as `cluster` says. */
  readonly clusters: number
  /** What one cluster for everything would have too little of; of several, why they are no fewer. */
  readonly oneWouldNeed: Use
  readonly cluster: ClusterPlan
  /** The nearest of the ceilings. */
  readonly bottleneck: Use
  readonly network: NetworkLoad
  readonly storm: StormLoad
  /** In all clusters together. */
  readonly storedBytesPerDay: number
  /** Machines for gateways, APIs and workers of all clusters. */
  readonly machines: number
  readonly warnings: readonly string[]
}

const MOST_CLUSTERS = 10_000

export class NoPlanError extends Error {
  override readonly name = 'NoPlanError'
}

export function planCapacity(
  demand: Demand,
  supply: Supply,
  c: Constants = MEASURED,
): CapacityPlan {
  const planOf = (clusters: number): ClusterPlan => planCluster(partOf(demand, clusters), supply, c)
  const fits = (clusters: number): boolean => greatest(planOf(clusters).ceilings).share <= 1
  const clusters = leastThat(1, MOST_CLUSTERS, fits)
  const whole = planOf(1)
  if (clusters === undefined) {
    const { of, share } = greatest(planOf(MOST_CLUSTERS).ceilings)
    throw new NoPlanError(
      `Not even ${MOST_CLUSTERS} clusters hold this: ${of} would be used ${share.toFixed(1)} times over.`,
    )
  }
  const cluster = clusters === 1 ? whole : planOf(clusters)
  const own = partOf(demand, clusters)
  const processes = cluster.gateways + cluster.apis + cluster.workers
  return {
    demand,
    supply,
    clusters,
    oneWouldNeed: greatest(whole.ceilings),
    cluster,
    bottleneck: greatest(cluster.ceilings),
    network: networkLoad(own, cluster.gateways, cluster.gateway, c),
    storm: stormLoad(own, supply, cluster, c),
    storedBytesPerDay: storedBytesPerDay(demand, c),
    machines: Math.ceil((clusters * processes) / supply.machineCores),
    warnings: warningsOf(demand, clusters, c),
  }
}

function warningsOf(demand: Demand, clusters: number, c: Constants): string[] {
  const warnings: string[] = []
  const inLargest = messagesInLargest(demand)
  if (inLargest > c.roomCommandsPerSecond) {
    warnings.push(
      `The largest room would be sent ${Math.round(inLargest)} messages/s: one room is one log, and takes some ${c.roomCommandsPerSecond}.`,
    )
  }
  const usersOfOne = usersOf(demand) / clusters
  if (demand.largestRoom > usersOfOne) {
    warnings.push(
      `The largest room has more members than one of ${clusters} clusters has users (${Math.round(usersOfOne)}), and a room is not split.`,
    )
  }
  return warnings
}
