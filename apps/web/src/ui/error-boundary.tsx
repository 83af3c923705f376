import { Bug, RotateCw } from 'lucide-react'
import { Component, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { EmptyState } from './empty-state.tsx'

export interface ErrorBoundaryProps {
  /** What is in it, for the sentence: `The settings`. */
  readonly what: string
  readonly children: ReactNode
}

interface ErrorBoundaryState {
  readonly hasFailed: boolean
}

/** One part that cannot be shown does not take the page with it. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { hasFailed: false }

  static getDerivedStateFromError(): ErrorBoundaryState {
    return { hasFailed: true }
  }

  override render(): ReactNode {
    const { what, children } = this.props
    if (!this.state.hasFailed) return children
    return (
      <div role="alert" className="ui-broken">
        <EmptyState
          icon={Bug}
          title={`${what} cannot be shown`}
          text="What you wrote is kept. Reload the page to go on."
          action={
            <>
              <Button onPress={() => this.setState({ hasFailed: false })}>Try again</Button>
              <Button variant="primary" icon={RotateCw} onPress={() => location.reload()}>
                Reload
              </Button>
            </>
          }
        />
      </div>
    )
  }
}
