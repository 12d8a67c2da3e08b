import { ChevronRight, Cloud, FlaskConical, Lock, type LucideIcon, Server, UserRound } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { Profile } from '#shared/contract/profiles'
import type { VaultStatus } from '#shared/contract/vault'
import { useProfileChange, useRead, useWrite } from '#renderer/api/use-api.ts'
import icon from '../../icon.svg'
import { rich, t } from '#renderer/messages/translate.ts'
import { whereOf } from '#renderer/shell/profile-words.ts'
import { requestTour } from '#renderer/shell/tour-request.ts'
import { Button } from '#renderer/ui/button.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { KeyCap } from '#renderer/ui/key-cap.tsx'
import { Notice } from '#renderer/ui/notice.tsx'
import { PassphraseSheet } from '#renderer/shell/passphrase-sheet.tsx'
import { tierName } from '#renderer/shell/vault-words.ts'
import { FirstRunForm } from './first-run-form.tsx'

const Way = ({
  icon: Icon,
  title,
  children,
  note,
  isFirst = false,
  isBusy = false,
  onClick,
}: {
  readonly icon: LucideIcon
  readonly title: ReactNode
  readonly children: ReactNode
  readonly note?: string
  readonly isFirst?: boolean
  readonly isBusy?: boolean
  readonly onClick: () => void
}) => (
  <button
    type="button"
    autoFocus={isFirst}
    aria-busy={isBusy || undefined}
    onClick={isBusy ? undefined : onClick}
    className="group flex min-h-[72px] w-full items-center gap-4 rounded-8 border border-line bg-surface px-4 py-3 text-left transition-colors hover:border-line-strong hover:bg-hover focus-visible:-outline-offset-1 focus-visible:outline-accent active:bg-active"
  >
    <span className="inline-grid size-10 flex-none place-items-center rounded-10 border border-line bg-sunken">
      <Icon aria-hidden="true" />
    </span>
    <span className="flex min-w-0 flex-1 flex-col">
      <span className="text-lead font-semibold">{title}</span>
      <span className="text-ink-2">{children}</span>
    </span>
    {note === undefined ? null : <span className="flex-none rounded-6 border border-line px-2 py-0.5 text-small text-ink-2">{note}</span>}
    <span className="grid w-6 flex-none place-items-center">
      <ChevronRight aria-hidden="true" className="text-ink-2 group-focus-visible:hidden" />
      <span className="hidden group-focus-visible:block">
        <KeyCap keys="↵" />
      </span>
    </span>
  </button>
)

const VaultLine = ({ vault, dataFolder }: { readonly vault: VaultStatus; readonly dataFolder: string }) => (
  <p className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-small text-ink-2">
    <span className="flex items-center gap-2">
      <Lock aria-hidden="true" className="size-3.5" />
      {t('profiles.first-run.vault', { tier: tierName(vault) })}
    </span>
    <span aria-hidden="true">·</span>
    <span className="min-w-0 truncate" title={dataFolder}>
      {rich('profiles.data', { folder: dataFolder, path: (words) => <span className="font-mono">{words}</span> })}
    </span>
  </p>
)

const KnownProfiles = ({ profiles }: { readonly profiles: readonly Profile[] }) => {
  const use = useProfileChange()
  return (
    <>
      {profiles.map((profile) => (
        <Way
          key={profile.profileId}
          icon={UserRound}
          title={<bdi>{profile.name}</bdi>}
          note={t('profiles.first-run.kept-here')}
          isBusy={use.isPending && use.variables?.profileId === profile.profileId}
          onClick={() => use.mutate({ profileId: profile.profileId })}
        >
          {t('profiles.first-run.use-again', { where: whereOf(profile) })}
        </Way>
      ))}
      {use.error === null ? null : <ErrorNotice error={use.error} title={t('profiles.first-run.not-used')} />}
    </>
  )
}

/** What a new Patchbay shows: where sign-ins are to be kept. */
export const FirstRun = () => {
  const status = useRead('system.status', {}).data
  const known = useRead('profiles.list', {}).data?.profiles ?? []
  const create = useWrite('profiles.create')
  const [way, setWay] = useState<'cloud' | 'own' | null>(null)
  const [isPassphraseOpen, setIsPassphraseOpen] = useState(false)
  const isBareKey = status?.vault.tier === 'key-file'
  return (
    <main
      data-region="list"
      aria-label={t('profiles.first-run.welcome')}
      className="relative min-h-0 flex-1 scroll-pb-16 overflow-y-auto bg-surface"
    >
      <div className="mx-auto flex min-h-full w-full max-w-[624px] flex-col justify-center gap-6 px-4 py-8">
        <header className="flex flex-col gap-2">
          <div className="flex items-center gap-4">
            <img src={icon} alt="" className="size-12" />
            <h1 id="way" className="text-display font-semibold">
              {way === null ? 'Patchbay' : t(`profiles.${way}.name`)}
            </h1>
          </div>
          {way === null ? <p className="text-lead text-ink-2">{t('profiles.first-run.lead')}</p> : null}
        </header>
        {way === null ? (
          <section aria-labelledby="ways" className="flex flex-col gap-2">
            <h2 id="ways" className="pb-1 text-lead font-semibold">
              {t('profiles.first-run.question')}
            </h2>
            <KnownProfiles profiles={known} />
            <Way icon={Cloud} title={t('profiles.cloud.name')} isFirst onClick={() => setWay('cloud')}>
              {t('profiles.cloud.text')}
            </Way>
            <Way icon={Server} title={t('profiles.own.name')} onClick={() => setWay('own')}>
              {t('profiles.own.text')}
            </Way>
            <Way
              icon={FlaskConical}
              title={t('profiles.sandbox')}
              note={t('profiles.sandbox.note')}
              isBusy={create.isPending}
              onClick={() => create.mutate({ name: t('profiles.sandbox'), kind: 'sandbox' }, { onSuccess: () => requestTour('offer') })}
            >
              {t('profiles.sandbox.text')}
            </Way>
            {create.error === null ? null : <ErrorNotice error={create.error} title={t('profiles.first-run.not-made')} />}
          </section>
        ) : (
          <FirstRunForm kind={way} onBack={() => setWay(null)} />
        )}
        {status === undefined ? null : isBareKey ? (
          <Notice
            tone="attention"
            title={t('profiles.first-run.bare-key')}
            actions={
              <Button size="small" onClick={() => setIsPassphraseOpen(true)}>
                {t('profiles.first-run.set-passphrase')}
              </Button>
            }
          >
            {rich('profiles.first-run.bare-key-text', {
              folder: status.dataFolder,
              path: (words) => <span className="font-mono break-all">{words}</span>,
            })}
          </Notice>
        ) : (
          <VaultLine vault={status.vault} dataFolder={status.dataFolder} />
        )}
        {way === null ? <p className="-mt-4 text-small text-ink-3">{t('profiles.first-run.later')}</p> : null}
      </div>
      <PassphraseSheet isOpen={isPassphraseOpen} isChange={false} onClose={() => setIsPassphraseOpen(false)} />
    </main>
  )
}
