import { expect, test } from 'vitest'
// @boundaries-ignore the settings of the apps are what the launcher passes on
import { ApiEnv } from '../../apps/api/src/config.ts'
// @boundaries-ignore the settings of the apps are what the launcher passes on
import { WorkerEnv } from '../../apps/api/src/worker-config.ts'
// @boundaries-ignore the settings of the apps are what the launcher passes on
import { GatewayEnv } from '../../apps/gateway/src/config.ts'
// @boundaries-ignore secrets may come from files
import { fileVariable, secretNames } from '../../packages/server-kit/src/secret-files.ts'
// @boundaries-ignore the launcher may not import the apps, so its list is compared here
import { LAUNCHER_SETS, PASSED_ON } from '../../infra/local/src/app-settings.ts'

test('npm start passes on every setting of the apps that it does not decide on', () => {
  const settings = new Set(
    [ApiEnv, WorkerEnv, GatewayEnv].flatMap((schema) => [
      ...Object.keys(schema.shape),
      ...secretNames(schema).map(fileVariable),
    ]),
  )
  expect([...PASSED_ON, ...LAUNCHER_SETS].toSorted()).toEqual([...settings].toSorted())
})
