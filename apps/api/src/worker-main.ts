import { configOrExit, createLogger, runUntilSignal, skewClock } from '@parley/server-kit'
import { createWorker } from './create-worker.ts'
import { readWorkerConfig } from './worker-config.ts'

const config = configOrExit(() => readWorkerConfig(process.env))
skewClock(config.test.clockOffsetMs)
const logger = createLogger(config.name, config.logLevel)
const worker = await createWorker(config, logger)
runUntilSignal(logger, worker.stop)
