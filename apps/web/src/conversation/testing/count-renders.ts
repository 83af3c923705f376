import type { FunctionComponent } from 'react'

interface Fiber {
  readonly type: unknown
  readonly flags: number
  readonly child: Fiber | null
  readonly sibling: Fiber | null
  readonly return: Fiber | null
}

export interface RenderCount {
  /** Components that were rendered since the last look, by name. */
  readonly take: () => ReadonlyMap<string, number>
}

const PERFORMED_WORK = 1

/** The next in the tree, after its children. */
function nextOf(fiber: Fiber): Fiber | null {
  for (let at: Fiber | null = fiber; at !== null; at = at.return) {
    if (at.sibling !== null) return at.sibling
  }
  return null
}

const nameOf = (type: unknown): string | null => {
  const inner = typeof type === 'object' && type !== null && 'type' in type ? type.type : type
  const face =
    typeof inner === 'object' && inner !== null && 'render' in inner ? inner.render : inner
  if (typeof face !== 'function') return null
  const { displayName, name } = face as FunctionComponent & { readonly name: string }
  return displayName ?? (name === '' ? 'Anonymous' : name)
}

/**
 * Counts the components that React renders, as its own tools do: through the hook that it looks for
 * when it is loaded. Call it before `react-dom` is imported.
 */
export function countRenders(): RenderCount {
  const counts = new Map<string, number>()
  let before = new Set<Fiber>()
  const onCommitFiberRoot = (_: number, root: { readonly current: Fiber }): void => {
    const now = new Set<Fiber>()
    for (let fiber: Fiber | null = root.current; fiber !== null;) {
      now.add(fiber)
      // What was not looked at in this commit is the same object as before.
      const isFresh = !before.has(fiber) && (fiber.flags & PERFORMED_WORK) !== 0
      const name = isFresh ? nameOf(fiber.type) : null
      if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1)
      fiber = fiber.child ?? nextOf(fiber)
    }
    before = now
  }
  Object.assign(globalThis, {
    __REACT_DEVTOOLS_GLOBAL_HOOK__: {
      supportsFiber: true,
      inject: () => 1,
      onCommitFiberRoot,
      onCommitFiberUnmount: () => undefined,
      onPostCommitFiberRoot: () => undefined,
    },
  })
  return {
    take() {
      const taken = new Map(counts)
      counts.clear()
      return taken
    },
  }
}
