import { readFileSync } from 'node:fs'

/** Kept as text, so that `bootstrap.mjs` can show it before anything is installed or built. */
export const readUsage = (
  command: 'start' | 'chat' | 'verify' | 'soak' | 'scoreboard' | 'bench' | 'capacity',
): string => readFileSync(new URL(`../usage/${command}.txt`, import.meta.url), 'utf8').trimEnd()
