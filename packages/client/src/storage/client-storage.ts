/**
 * What outlasts a reload: a table of values by key. Values are structured clones. Several tabs may use
 * the same one; nothing here locks.
 */
export interface ClientStorage {
  readonly get: (key: string) => Promise<unknown>
  readonly put: (key: string, value: unknown) => Promise<void>
  readonly delete: (key: string) => Promise<void>
  /** All whose key begins so, in the order of their keys. */
  readonly list: (prefix: string) => Promise<readonly (readonly [key: string, value: unknown])[]>
  /** Everything, of this account. At the end of a session on a machine that others use. */
  readonly clear: () => Promise<void>
  readonly close: () => void
}
