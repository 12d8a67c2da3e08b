import { Component, type ReactNode } from 'react'
import { asError } from '#renderer/api/as-error.ts'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'

/** Keeps a mistake of one page to that page: the sidebar, the status bar and the other pages go on. What is `isQuiet` leaves nothing in its place. */
export class PageBoundary extends Component<
  { readonly name: string; readonly isQuiet?: boolean; readonly children: ReactNode },
  { readonly error: Error | null }
> {
  override state: { readonly error: Error | null } = { error: null }

  static getDerivedStateFromError(error: unknown): { readonly error: Error } {
    return { error: asError(error) }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === null) return this.props.children
    if (this.props.isQuiet === true) return null
    return (
      <main data-region="list" aria-label={this.props.name} className="relative min-w-0 flex-1 overflow-y-auto p-6">
        <h1 className="sr-only">{this.props.name}</h1>
        <div className="max-w-[560px]">
          <ErrorNotice
            error={error}
            title={t('shell.page-failed')}
            action={
              <Button size="small" onClick={() => this.setState({ error: null })}>
                {t('shell.show-again')}
              </Button>
            }
          />
        </div>
      </main>
    )
  }
}
