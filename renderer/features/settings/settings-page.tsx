import type { LucideIcon } from 'lucide-react'
import type { ComponentType } from 'react'
import { Link, useLocation } from 'wouter'
import { useRead } from '#renderer/api/use-api.ts'
import { paths } from '#renderer/paths.ts'
import type { MessageKey } from '#renderer/messages/message-catalogue.ts'
import { t } from '#renderer/messages/translate.ts'
import { PageFrame } from '#renderer/shell/page-frame.tsx'
import { cx } from '#renderer/ui/class-names.ts'

/** One part of Settings: below `settings/`, its address; what it is called; what it shows. */
export interface Section {
  readonly id: string
  readonly name: MessageKey
  readonly icon: LucideIcon
  readonly content: ComponentType
  /** Offered only where there is a sandbox. */
  readonly isForSandbox?: boolean
}

/** Settings: its parts at the left, one of them at the right; what is changed holds at once. */
export const SettingsPage = ({ sections }: { readonly sections: readonly [Section, ...Section[]] }) => {
  const [location] = useLocation()
  const chosen = sections.find(({ id }) => `${location}/`.startsWith(`${paths.settings}/${id}/`)) ?? sections[0]
  const hasSandbox = useRead('profiles.list', {}).data?.profiles.some(({ kind }) => kind === 'sandbox') === true
  const offered = sections.filter((section) => section.isForSandbox !== true || hasSandbox || section === chosen)
  return (
    <PageFrame title={t('settings.title')}>
      <div className="flex min-h-0 flex-1">
        <nav
          aria-label={t('settings.title')}
          className="flex w-[168px] flex-none flex-col gap-0.5 overflow-y-auto border-r border-line p-2"
        >
          {offered.map(({ id, name, icon: Icon }) => (
            <Link
              key={id}
              href={`${paths.settings}/${id}`}
              aria-current={id === chosen.id ? 'page' : undefined}
              className={cx(
                'flex h-8 flex-none items-center gap-2 rounded-6 px-2 font-medium transition-colors',
                id === chosen.id ? 'bg-active text-ink-1' : 'text-ink-2 hover:bg-hover hover:text-ink-1',
              )}
            >
              <Icon aria-hidden="true" />
              {t(name)}
            </Link>
          ))}
        </nav>
        <div className="relative min-w-0 flex-1 overflow-y-auto px-5 py-4">
          <div className="max-w-[860px]">
            <chosen.content key={chosen.id} />
          </div>
        </div>
      </div>
    </PageFrame>
  )
}
