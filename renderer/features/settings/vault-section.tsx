import { Check, Lock, LockOpen } from 'lucide-react'
import { useState } from 'react'
import type { VaultStatus, VaultTier } from '#shared/contract/vault'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { VaultClosed } from '#renderer/shell/vault-closed.tsx'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { cx } from '#renderer/ui/class-names.ts'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { clockTime } from '#renderer/ui/relative-words.ts'
import { Said } from '#renderer/ui/said.tsx'
import { Switch } from '#renderer/ui/switch.tsx'
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx'
import { PassphraseSheet } from '#renderer/shell/passphrase-sheet.tsx'
import { SectionFrame } from '#renderer/ui/section-frame.tsx'
import { protectionWords, tierWords } from '#renderer/shell/vault-words.ts'

const TIERS: readonly VaultTier[] = ['keychain', 'passphrase', 'key-file']

const TierRow = ({ tier, vault, onChoose }: { readonly tier: VaultTier; readonly vault: VaultStatus; readonly onChoose: () => void }) => {
  const isInForce = vault.tier === tier
  const offer = vault.available.find((one) => one.tier === tier)
  const isPassphrase = tier === 'passphrase'
  const words = tierWords(tier)
  return (
    <li aria-current={isInForce ? 'true' : undefined} className={cx('flex items-center gap-3 px-4 py-2.5', isInForce && 'bg-selected')}>
      <span aria-hidden="true" className="size-4 flex-none">
        {isInForce ? <Check className="text-accent" /> : null}
      </span>
      <div className="min-w-0 flex-1">
        <div className="font-medium">{words.name}</div>
        <div className="text-small text-ink-2">
          {isInForce ? protectionWords(vault) : words.words}{' '}
          {isInForce || words.but === null ? null : <strong className="font-semibold">{words.but}</strong>}
        </div>
        {offer === undefined || offer.isAvailable || offer.reason === null ? null : (
          <div className="text-small text-ink-3">
            <Said english={offer.reason} said={offer.said?.reason} />
          </div>
        )}
      </div>
      <div className="flex min-w-28 flex-none flex-col items-end gap-1.5">
        <span className={cx('text-small', isInForce ? 'font-semibold' : 'text-ink-2')}>
          {t(
            isInForce
              ? 'settings.vault.in-use'
              : isPassphrase
                ? 'settings.vault.available'
                : offer?.isAvailable !== true
                  ? 'settings.vault.not-offered'
                  : tier === 'key-file'
                    ? 'settings.vault.last-resort'
                    : 'settings.vault.available',
          )}
        </span>
        {isPassphrase ? (
          <Button size="small" onClick={onChoose}>
            {t(isInForce ? 'settings.passphrase.change' : 'settings.passphrase.set')}
          </Button>
        ) : null}
      </div>
    </li>
  )
}

/** How the secrets on this computer are sealed, in honest words; locks and opens. */
export const VaultSection = () => {
  const { data: vault, error } = useRead('vault.status', {})
  const { data: settings } = useRead('settings.get', {})
  const update = useWrite('settings.update')
  const lock = useWrite('vault.lock')
  const [isSheetOpen, setIsSheetOpen] = useState(false)
  if (error !== null) return <ErrorNotice error={error} title={t('settings.vault.not-asked')} />
  if (vault === undefined) return <SkeletonRows rows={4} />
  if (vault.state !== 'open') return <VaultClosed vault={vault} />
  return (
    <SectionFrame
      title={t('settings.vault')}
      lead={t('settings.vault.lead')}
      action={
        <Button icon={Lock} isBusy={lock.isPending} onClick={() => lock.mutate({})}>
          {t('settings.vault.lock-now')}
        </Button>
      }
    >
      <div className="overflow-hidden rounded-8 border border-line">
        <div className="flex min-h-10 flex-wrap items-center gap-x-2 border-b border-line px-4 py-2">
          <LockOpen aria-hidden="true" />
          <span className="font-semibold">{t('settings.vault.sealed', { tier: vault.tier?.replace('key-', '') ?? 'other' })}</span>
          {vault.backend === null || vault.backend === vault.tier ? null : (
            <span className="min-w-0 flex-1 truncate text-ink-2">{vault.backend}</span>
          )}
          {vault.openedAt === null ? null : (
            <span className="ml-auto text-small text-ink-3">{t('settings.vault.opened', { time: clockTime(vault.openedAt) })}</span>
          )}
        </div>
        <ul aria-label={t('settings.vault.ways')} className="divide-y divide-line">
          {TIERS.map((tier) => (
            <TierRow key={tier} tier={tier} vault={vault} onChoose={() => setIsSheetOpen(true)} />
          ))}
        </ul>
      </div>
      {settings === undefined ? null : (
        <Switch
          label={t('settings.vault.with-screen')}
          hint={t('settings.vault.with-screen-hint')}
          isOn={settings.locksWithScreen}
          onChange={(locksWithScreen) => update.mutate({ locksWithScreen })}
        />
      )}
      {lock.error === null ? null : <ErrorNotice error={lock.error} title={t('settings.vault.not-locked')} />}
      <PassphraseSheet isOpen={isSheetOpen} isChange={vault.tier === 'passphrase'} onClose={() => setIsSheetOpen(false)} />
    </SectionFrame>
  )
}
