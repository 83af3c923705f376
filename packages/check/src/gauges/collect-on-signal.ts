import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/**
 * Loaded into the apps of a cluster that is watched (`node --import`): SIGUSR2 collects what nobody holds
 * any more. What is left is what a process really keeps, and can be compared.
 */
process.on('SIGUSR2', () => {
  // Twice: what finalizers let go is gone after the second.
  collect()
  collect()
})
