import { Check, Minus } from 'lucide-react'
import type { Flow } from '#shared/contract/connect'
import { t } from '#renderer/messages/translate.ts'
import { cx } from '../../ui/class-names.ts'
import { StatusGlyph } from '../../ui/status-glyph.tsx'
import { useNow } from '../../ui/use-now.ts'
import { noteWords } from './note-words.ts'
import { foldSteps, type StepLine } from './flow-steps.ts'
import { stepTime } from '#renderer/ui/step-time.ts'

const StepGlyph = ({ state }: { readonly state: StepLine['state'] }) => {
  if (state === 'done') return <Check aria-hidden="true" className="text-connected" />
  if (state === 'running') return <StatusGlyph glyph="pending" size={14} />
  if (state === 'failed') return <StatusGlyph glyph="attention" size={14} />
  if (state === 'skipped') return <Minus aria-hidden="true" className="text-ink-3" />
  return <StatusGlyph glyph="empty" size={14} />
}

/** The steps of a sign-in with how long each took. */
export const StepList = ({ flow }: { readonly flow: Flow }) => {
  const now = useNow(1000)
  return (
    <ol aria-label={t('connect.steps.name')} className="flex flex-col">
      {foldSteps(flow).map((line) => {
        const end = line.endedAt ?? (line.state === 'running' ? new Date(now).toISOString() : null)
        const took =
          line.startedAt === null || end === null || line.state === 'skipped' ? null : Date.parse(end) - Date.parse(line.startedAt)
        return (
          <li key={line.id} className="flex items-start gap-2 py-0.5">
            <span className="grid h-5 w-4 flex-none place-items-center">
              <StepGlyph state={line.state} />
            </span>
            <span className={cx('min-w-0 flex-1', line.state === 'waiting' || line.state === 'skipped' ? 'text-ink-3' : 'text-ink-1')}>
              <span className={line.state === 'running' ? 'font-medium' : undefined}>{line.words}</span>
              <span className="sr-only">, {t(`connect.step-state.${line.state}`)}</span>
              {line.note === null ? null : <span className="block text-small text-ink-2">{noteWords(line.note)}</span>}
            </span>
            {took === null ? null : (
              <span className="flex-none text-small leading-5 text-ink-3" {...(line.state === 'running' ? { 'aria-hidden': true } : {})}>
                {stepTime(took)}
              </span>
            )}
          </li>
        )
      })}
    </ol>
  )
}
