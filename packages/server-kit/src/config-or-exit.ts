import { EnvironmentError } from './read-env.ts'

/**
 * For `main`: a wrong environment is one clear line and exit code 2, before anything is opened. With
 * `--check-config` that is all it does.
 */
export function configOrExit<Config>(readConfig: () => Config): Config {
  try {
    const config = readConfig()
    if (process.argv.includes('--check-config')) process.exit(0)
    return config
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  }
}
