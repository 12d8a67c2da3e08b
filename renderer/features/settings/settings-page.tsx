import { BookOpen, FlaskConical, FolderLock, Info, Layers, Lock, type LucideIcon, Palette } from 'lucide-react'
import { type ComponentType, lazy, Suspense } from 'react'
import { Link, useLocation } from 'wouter'
import { useRead } from '../../api/use-api.ts'
import { paths } from '../../paths.ts'
import type { MessageKey } from '#renderer/messages/message-catalogue.ts'
import { t } from '#renderer/messages/translate.ts'
import { PageFrame } from '../../shell/page-frame.tsx'
import { cx } from '../../ui/class-names.ts'
import { SkeletonRows } from '../../ui/skeleton-rows.tsx'
import { AboutSection } from './about-section.tsx'
import { AppearanceSection } from './appearance-section.tsx'
import { DataSection } from './data-section.tsx'
import { ProfilesSection } from './profiles-section.tsx'
import { VaultSection } from './vault-section.tsx'

// The guides are long: they are read when somebody asks for them.
const HelpSection = lazy(async () => ({ default: (await import('../help/help-section.tsx')).HelpSection }))

const SandboxSection = lazy(async () => ({ default: (await import('../sandbox/sandbox-section.tsx')).SandboxSection }))

interface Section {
  readonly id: string
  readonly name: MessageKey
  readonly icon: LucideIcon
  readonly content: ComponentType
}

const SECTIONS: readonly [Section, ...Section[]] = [
  { id: 'profiles', name: 'settings.profiles', icon: Layers, content: ProfilesSection },
  { id: 'vault', name: 'settings.vault', icon: Lock, content: VaultSection },
  { id: 'appearance', name: 'settings.appearance', icon: Palette, content: AppearanceSection },
  { id: 'data', name: 'settings.data', icon: FolderLock, content: DataSection },
  { id: 'sandbox', name: 'profiles.sandbox', icon: FlaskConical, content: SandboxSection },
  { id: 'help', name: 'settings.section.help', icon: BookOpen, content: HelpSection },
  { id: 'about', name: 'settings.about', icon: Info, content: AboutSection },
]

/** Settings: its parts at the left, one of them at the right; what is changed holds at once. */
export const SettingsPage = () => {
  const [location] = useLocation()
  const chosen = SECTIONS.find(({ id }) => `${location}/`.startsWith(`${paths.settings}/${id}/`)) ?? SECTIONS[0]
  const hasSandbox = useRead('profiles.list', {}).data?.profiles.some(({ kind }) => kind === 'sandbox') === true
  return (
    <PageFrame title={t('settings.title')}>
      <div className="flex min-h-0 flex-1">
        <nav
          aria-label={t('settings.title')}
          className="flex w-[168px] flex-none flex-col gap-0.5 overflow-y-auto border-r border-line p-2"
        >
          {SECTIONS.filter(({ id }) => id !== 'sandbox' || hasSandbox || chosen.id === 'sandbox').map(({ id, name, icon: Icon }) => (
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
        <div className="min-w-0 flex-1 overflow-y-auto px-5 py-4">
          <div className="max-w-[860px]">
            <Suspense fallback={<SkeletonRows rows={6} />}>
              <chosen.content key={chosen.id} />
            </Suspense>
          </div>
        </div>
      </div>
    </PageFrame>
  )
}
