import { Lock, LockOpen, Terminal } from 'lucide-react'
import { Link } from 'wouter'
import type { SystemStatus } from '#shared/contract/system'
import { useLink, useRead, useWrite } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { StatusGlyph } from '#renderer/ui/status-glyph.tsx'
import { Tooltip } from '#renderer/ui/tooltip.tsx'
import { useNow } from '#renderer/ui/use-now.ts'
import { useKeys } from './key-map.ts'
import { linkWords } from './link-words.ts'
import { protectionWords } from './vault-words.ts'
import { useProgramsNow } from './waiting-programs.ts'

/** The call of a program that began last, and how many run. */
const LiveCalls = ({ status }: { readonly status: SystemStatus }) => {
  const { running } = useProgramsNow(status)
  const last = running.at(-1)
  if (last === undefined) return null
  const { clientName, handle } = last
  const words = t(handle === null ? 'automation.bar.call-any' : 'automation.bar.call', { name: clientName, handle: handle ?? '' })
  return (
    <Link
      href={paths.automationsTab('calls')}
      title={words}
      className="flex h-6 min-w-0 items-center gap-1.5 rounded-4 px-1 hover:bg-hover"
    >
      <Terminal aria-hidden="true" className="size-3.5" />
      <bdi className="truncate">{words}</bdi>
      <span className="flex-none text-ink-3">{t('automation.bar.running', { count: running.length })}</span>
    </Link>
  )
}

/** Link to Nango with the age of what is shown at the left; the calls of programs and the vault with its tier at the right. */
export const StatusBar = ({ status }: { readonly status: SystemStatus }) => {
  const now = useNow(1000)
  const link = useLink()
  const { data: fresh } = useRead('sync.status', {}, { isEnabled: status.profile !== null && status.vault.state === 'open' })
  const lock = useWrite('vault.lock')
  const { glyph, words, next } = linkWords({ ...status, sync: fresh ?? status.sync }, link, now)
  const { vault } = status

  const isOpen = vault.state === 'open'
  useKeys([{ keys: 'Mod+Shift+l', does: t('shell.lock-vault'), icon: Lock, run: () => (isOpen ? lock.mutate({}) : undefined) }], 'frame')
  const vaultWords =
    vault.tier === null
      ? t('shell.vault.state', { state: vault.state })
      : t('shell.vault.state-tier', { state: vault.state, tier: t(`shell.tier.${vault.tier}`) })
  return (
    <footer
      data-region="status-bar"
      className="z-20 flex h-7 flex-none items-center gap-4 border-t border-line bg-canvas px-3 text-small text-ink-2 tabular-nums [--glyph-cut:var(--canvas)]"
    >
      <span className="flex min-w-0 items-center gap-1.5">
        <StatusGlyph glyph={glyph} size={12} />
        <span className="truncate">{words}</span>
      </span>
      {next === null ? null : <span className="truncate text-ink-3 @max-[599px]/window:hidden">{next}</span>}
      <span className="flex-1" />
      <LiveCalls status={status} />
      {isOpen ? (
        <Tooltip text={t('shell.vault.lock-hint', { protection: protectionWords(vault) })} side="top">
          <button
            type="button"
            aria-label={t('shell.vault.lock-name', { vault: vaultWords })}
            aria-busy={lock.isPending}
            onClick={() => lock.mutate({})}
            className="flex h-6 flex-none items-center gap-1.5 rounded-4 px-1 whitespace-nowrap hover:bg-hover"
          >
            <LockOpen aria-hidden="true" className="size-3.5" />
            {vaultWords}
          </button>
        </Tooltip>
      ) : (
        <span className="flex items-center gap-1.5">
          <Lock aria-hidden="true" className="size-3.5" />
          {vaultWords}
        </span>
      )}
    </footer>
  )
}
