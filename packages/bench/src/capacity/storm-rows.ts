import { alignColumns } from './align-columns.ts'
import type { StormMeasurement, StormPlan } from './measure-storm.ts'

const PLAN = { clients: 160, rooms: 40, roomsPerClient: 10, gateways: 2, missed: 3 }

/** Those of docs/capacity.md, where the simulation of the same stands beside them. */
export const STORM_PLANS: readonly StormPlan[] = [
  { ...PLAN, replaced: false },
  { ...PLAN, replaced: true },
]

export function stormText(rows: readonly StormMeasurement[]): string {
  return [
    'What clients who were cut at once have had the cluster do:',
    ...alignColumns([
      ['clients', 'rooms', 'gateways', 'users, heads, events', 'SQL', 'events', 'time'],
      ...rows.map(({ requests, statements, events, allMs, ...plan }) => [
        String(plan.clients),
        String(plan.rooms),
        plan.replaced ? `${plan.gateways}, new` : String(plan.gateways),
        `${requests.users}, ${requests.reconcile}, ${requests.events}`,
        String(statements),
        String(events),
        `${(allMs / 1_000).toFixed(1)} s`,
      ]),
    ]),
  ].join('\n')
}
