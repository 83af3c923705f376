/** Calls `run` when the page is hidden or left: it may be the last that it can do. Answers what ends it. */
export function onPageHidden(run: () => unknown): () => void {
  if (typeof document !== 'object') return () => undefined
  const hidden = (): void => {
    if (document.visibilityState === 'hidden') run()
  }
  document.addEventListener('visibilitychange', hidden)
  globalThis.addEventListener('pagehide', run)
  return () => {
    document.removeEventListener('visibilitychange', hidden)
    globalThis.removeEventListener('pagehide', run)
  }
}
