import { Component, type ReactNode } from 'react'

/** One message that cannot be shown does not take the conversation with it. */
export class RowBoundary extends Component<{ readonly children: ReactNode }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true }
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children
    return <div className="conv-deleted">This message cannot be shown.</div>
  }
}
