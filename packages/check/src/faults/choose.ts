import type { Cluster } from '@parley/local-cluster'
import type { TcpProxy } from '../proxy/tcp-proxy.ts'
import type { Ways } from '../proxy/ways.ts'
import { pick } from '../seeded-random.ts'
import type { FaultStage } from './fault.ts'

/** What a fault wants to break, and what is there. */
export type Kind = 'gateway' | 'api' | 'worker'

export function clusterOf({ cluster }: FaultStage): Cluster {
  if (cluster === undefined) throw new Error('The cluster is run by somebody else.')
  return cluster
}

export function waysOf({ ways }: FaultStage): Ways {
  if (ways === undefined) throw new Error('There are no proxies between the processes.')
  return ways
}

export function namesOf(cluster: Cluster, kinds: readonly Kind[]): string[] {
  const { gateways, apis, workers } = cluster.info()
  const lists = { gateway: gateways, api: apis, worker: workers }
  return kinds.flatMap((kind) => lists[kind].map(({ name }) => name))
}

/** One of those that live, so that two faults that meet do not wait for each other. */
export function chooseProcess(
  cluster: Cluster,
  random: () => number,
  { kinds, on }: { readonly kinds: readonly Kind[]; readonly on?: string | undefined },
): string {
  const { gateways, apis, workers } = cluster.info()
  const living = [...gateways, ...apis, ...workers].filter(({ pid }) => pid !== null)
  const names = namesOf(cluster, kinds).filter((name) => living.some((one) => one.name === name))
  if (on !== undefined && !names.includes(on))
    throw new Error(`${on} is none of ${names.join(', ')}.`)
  if (names.length === 0) throw new Error(`No ${kinds.join(' or ')} lives.`)
  return on ?? pick(random, names)
}

export function chooseWay(
  ways: Ways,
  random: () => number,
  { among, on }: { readonly among: RegExp; readonly on?: string | undefined },
): TcpProxy {
  if (on !== undefined) return ways.get(on)
  const found = ways.matching(among)
  if (found.length === 0) throw new Error(`There is no way like ${among}.`)
  return pick(random, found)
}
