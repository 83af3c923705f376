import { constants, setPriority } from 'node:os'
import { configOrExit, createLogger, runUntilSignal, skewClock } from '@parley/server-kit'
import { createWorker } from './create-worker.ts'
import { readWorkerConfig } from './worker-config.ts'

const config = configOrExit(() => readWorkerConfig(process.env))
skewClock(config.test.clockOffsetMs)
const logger = createLogger(config.name, config.logLevel)
try {
  // What may be a moment late gives way to what people wait for, where both are on one machine.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
} catch (error) {
  logger.debug({ err: error }, 'the priority stays as it is')
}
const worker = await createWorker(config, logger)
runUntilSignal(logger, worker.stop)
