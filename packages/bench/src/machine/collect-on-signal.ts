import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

// Loaded into a server before it starts (`node --import`): told by SIGUSR2, it lets go of what nobody holds.
// What is left is what it keeps, and not what the collector has not come to yet.
process.on('SIGUSR2', () => {
  // Twice: what finalizers let go is gone after the second.
  collect()
  collect()
})
