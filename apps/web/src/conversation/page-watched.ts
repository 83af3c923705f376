/** Whether somebody looks at this page, as far as it can know. */
export const isWatched = (): boolean =>
  document.visibilityState === 'visible' && document.hasFocus()

export function onWatched(listener: () => void): () => void {
  window.addEventListener('focus', listener)
  window.addEventListener('blur', listener)
  document.addEventListener('visibilitychange', listener)
  return () => {
    window.removeEventListener('focus', listener)
    window.removeEventListener('blur', listener)
    document.removeEventListener('visibilitychange', listener)
  }
}
