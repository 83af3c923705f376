import { onlineMembers, readsPerSecond, roomsPerUser, type Demand, type Supply } from './demand.ts'
import type { Constants } from './measured-constants.ts'
import { expectedHosts } from './placement.ts'

/** What all APIs, all workers and one MySQL do together in a second. */
export interface ApiLoad {
  /** Messages and read positions. */
  readonly commands: number
  /** Commands in one transaction. */
  readonly batch: number
  readonly transactions: number
  /** Heads that gateways compare, rooms and users, whether or not anything is said. */
  readonly comparedHeads: number
  readonly reconcileRequests: number
  readonly apiCores: number
  readonly workerCores: number
  readonly dbCores: number
}

/** Commands in a transaction: what comes to one API while it may not begin another, or waits for enough. */
export function batchSize(commandsPerSecond: number, apis: number, c: Constants): number {
  const perMs = commandsPerSecond / apis / 1_000
  const meanwhile = perMs * (c.transactionMs / c.transactionsAtOnce)
  const awaited = Math.min(c.transactionEnough, perMs * c.transactionEveryMs)
  return Math.min(c.batchMost, Math.max(1, meanwhile, awaited))
}

export function apiLoad(
  demand: Demand,
  supply: Supply,
  { gateways, apis }: { readonly gateways: number; readonly apis: number },
  c: Constants,
): ApiLoad {
  const commands = demand.messagesPerSecond + readsPerSecond(demand)
  const batch = batchSize(commands, apis, c)
  const transactions = commands / batch
  const headsS = supply.headsIntervalMs / 1_000
  const feeds = demand.rooms * expectedHosts(onlineMembers(demand), gateways)
  const comparedHeads = (feeds + demand.sockets) / headsS
  // A gateway asks about a thousand rooms and a thousand users together.
  const perGateway = Math.ceil(Math.max(feeds, demand.sockets) / gateways / c.reconcileRooms)
  const reconcileRequests = (gateways * perGateway) / headsS
  const comings = demand.sockets / (demand.minutesOnline * 60)
  const ownRooms = roomsPerUser(demand) / 20
  const messageTransactions = transactions * (demand.messagesPerSecond / Math.max(commands, 1e-9))
  return {
    commands,
    batch,
    transactions,
    comparedHeads,
    reconcileRequests,
    apiCores:
      (transactions * c.apiTransactionMs +
        commands * c.apiCommandMs +
        (comparedHeads / c.reconcileRooms) * c.apiReconcileMs +
        comings * ownRooms * c.apiUserMs) /
      1_000,
    workerCores:
      (messageTransactions * (c.workerTransactionMs - c.workerEventMs) +
        demand.messagesPerSecond * c.workerEventMs) /
      1_000,
    dbCores:
      (transactions * c.dbTransactionMs +
        commands * c.dbCommandMs +
        demand.messagesPerSecond * c.dbSearchMs +
        (comparedHeads * c.dbHeadUs) / 1_000 +
        comings * ownRooms * c.dbUserMs) /
      1_000,
  }
}

/** Bytes that MySQL grows by in a day whose busiest time lasts for `busyHours`. */
export function storedBytesPerDay(demand: Demand, c: Constants, busyHours = 8): number {
  const textFactor = c.storedTextFactor + c.searchTextFactor
  const each = c.storedEventBytes + demand.messageBytes * textFactor
  return demand.messagesPerSecond * 3_600 * busyHours * each
}
