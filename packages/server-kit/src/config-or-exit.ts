import { EnvironmentError } from './read-env.ts'

/** For `main`: a wrong environment is one clear line and exit code 2, before anything is opened. */
export function configOrExit<Config>(readConfig: () => Config): Config {
  try {
    return readConfig()
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  }
}
