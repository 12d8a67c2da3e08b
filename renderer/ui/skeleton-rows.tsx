import { type ReactNode, useEffect, useState } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { cx } from './class-names.ts'

/** Shows its children only once it has been there for 200 ms, so that quick answers do not flash. */
export const AfterAMoment = ({ children }: { readonly children: ReactNode }) => {
  const [isLate, setIsLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setIsLate(true), 200)
    return () => clearTimeout(timer)
  }, [])
  return isLate ? children : null
}

/** The grey bars of one row that is not there yet. */
export const SkeletonRow = ({ className }: { readonly className?: string }) => (
  <div aria-hidden="true" className={cx('flex items-center gap-3', className)}>
    <span className="size-6 flex-none rounded-6 bg-active" />
    <span className="h-2 w-36 rounded-full bg-active" />
    <span className="ml-auto h-2 w-20 rounded-full bg-active" />
  </div>
)

/** Rows of the real height while the first answer is awaited; after 200 ms only. */
export const SkeletonRows = ({ rows, isCompact = false }: { readonly rows: number; readonly isCompact?: boolean }) => (
  <div role="status" aria-label={t('ui.loading')}>
    <AfterAMoment>
      {Array.from({ length: rows }, (_, row) => (
        <SkeletonRow key={row} className={cx('border-b border-line px-4', isCompact ? 'h-8' : 'h-10')} />
      ))}
    </AfterAMoment>
  </div>
)
