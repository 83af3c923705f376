import { configOrExit, createLogger, runUntilSignal } from '@parley/server-kit'
import { readConfig } from './config.ts'
import { createGateway } from './create-gateway.ts'

const config = configOrExit(() => readConfig(process.env))
const logger = createLogger(config.name, config.logLevel)
const gateway = await createGateway(config, logger)
runUntilSignal(logger, gateway.drain)
