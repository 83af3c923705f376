import { BALANCER_FAULTS } from './balancer-faults.ts'
import { DATABASE_FAULTS } from './database-faults.ts'
import { FAIL_POINT_FAULTS } from './fail-point-faults.ts'
import type { Fault } from './fault.ts'
import { FAILOVER_FAULTS } from './failover-faults.ts'
import { PACKET_FAULTS } from './packet-faults.ts'
import { PROCESS_FAULTS } from './process-faults.ts'
import { REDIS_FAULTS } from './redis-faults.ts'
import { rollingDeploy } from './rolling-deploy.ts'
import { versionChange } from './version-change.ts'
import { WAY_FAULTS } from './way-faults.ts'

/** All that can be broken on purpose; `docs/faults.md` has the same list. */
export const FAULTS: readonly Fault[] = [
  ...PROCESS_FAULTS,
  rollingDeploy,
  versionChange,
  ...FAIL_POINT_FAULTS,
  ...REDIS_FAULTS,
  ...DATABASE_FAULTS,
  ...FAILOVER_FAULTS,
  ...BALANCER_FAULTS,
  ...WAY_FAULTS,
  ...PACKET_FAULTS,
]

export function findFault(name: string): Fault {
  const fault = FAULTS.find((one) => one.name === name)
  if (fault !== undefined) return fault
  throw new Error(`There is no fault '${name}'.`)
}

/** The table, as `--faults list` prints it. */
export function faultList(): string {
  const width = Math.max(...FAULTS.map(({ name }) => name.length))
  return FAULTS.map(({ name, description }) => `${name.padEnd(width)}  ${description}`).join('\n')
}
