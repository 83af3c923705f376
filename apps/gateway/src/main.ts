import { createLogger, EnvironmentError, runUntilSignal } from '@parley/server-kit'
import { readConfig, type GatewayConfig } from './config.ts'
import { createGateway } from './create-gateway.ts'

function readConfigOrExit(): GatewayConfig {
  try {
    return readConfig(process.env)
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  }
}

const config = readConfigOrExit()
const logger = createLogger(config.name, config.logLevel)
const gateway = await createGateway(config, logger)
runUntilSignal(logger, gateway.drain)
