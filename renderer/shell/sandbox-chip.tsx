import { FlaskConical } from 'lucide-react'
import { Link } from 'wouter'
import { useRead } from '#renderer/api/use-api.ts'
import { rich, t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { cx } from '#renderer/ui/class-names.ts'

const LOOK =
  'relative ml-1 inline-flex h-6 flex-none items-center gap-1.5 rounded-6 border border-dashed px-2 text-small @max-[479px]:ml-0 @max-[479px]:px-1'
/** Beside the buttons of a narrow list there is no room for words; who hears the window is told them all the same. */
const WORDS = 'truncate @max-[479px]:sr-only'

/** Says that accounts are not real, and how many faults are switched on: then it leads to their switches. */
export const SandboxChip = ({ isVaultOpen }: { readonly isVaultOpen: boolean }) => {
  const count = useRead('sandbox.status', {}, { isEnabled: isVaultOpen }).data?.faultsOn ?? 0
  const icon = <FlaskConical aria-hidden="true" className="hidden size-3.5 @max-[479px]:block @min-[500px]:block" />
  if (count > 0) {
    return (
      <Link
        href={`${paths.settings}/sandbox`}
        title={t('tour.chip.title')}
        className={cx(LOOK, 'border-attention text-attention hover:bg-hover')}
      >
        {icon}
        <span className={WORDS}>
          {rich('tour.chip.faults', { count, place: (words) => <span className="hidden @min-[500px]:inline">{words}</span> })}
        </span>
      </Link>
    )
  }
  return (
    <span title={t('shell.sandbox.title')} className={cx(LOOK, 'border-line-control text-ink-2')}>
      {icon}
      <span className={WORDS}>
        {rich('shell.sandbox.long', { rest: (words) => <span className="hidden @min-[500px]:inline">{words}</span> })}
      </span>
    </span>
  )
}
