import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

/**
 * What `createAccounts` needs to keep a sign-in: the bot is the same guest after a restart. The file holds
 * a secret, so that nobody else may read it.
 * @param {string} file
 */
export function openSignInFile(file) {
  /** @type {Record<string, string>} */
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  const write = () => {
    // First beside it: a bot that is killed in between leaves the old file whole.
    writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  return {
    /** @param {string} key */
    getItem: (key) => kept[key] ?? null,
    /** @param {string} key @param {string} value */
    setItem: (key, value) => {
      kept[key] = value
      write()
    },
    /** @param {string} key */
    removeItem: (key) => {
      delete kept[key]
      write()
    },
  }
}
