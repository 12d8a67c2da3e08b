import { ExternalLink as Icon } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { cx } from './class-names.ts'

/** Nango Cloud's own pages, where keys and integrations are made. */
export const NANGO_DASHBOARD = 'https://app.nango.dev'

/** A page outside, opened in the system browser. */
export const ExternalLink = ({
  href,
  children,
  className,
}: {
  readonly href: string
  readonly children: ReactNode
  readonly className?: string
}) => (
  <a
    href={href}
    target="_blank"
    rel="noreferrer"
    className={cx('inline-flex items-center gap-1 rounded-4 font-medium text-accent hover:underline', className)}
  >
    {children}
    <Icon aria-hidden="true" className="size-3.5" />
    <span className="sr-only">{t('ui.external')}</span>
  </a>
)
