import { Link2 } from 'lucide-react'
import { useWrite } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { errorWords } from '#renderer/messages/error-words.ts'
import { Button } from '#renderer/ui/button.tsx'
import { StatusGlyph } from '#renderer/ui/status-glyph.tsx'
import { faultWords, verdictWords } from './audit-words.ts'

/** Checks that the audit is whole, and says in words what it found. */
export const AuditVerdict = () => {
  const verify = useWrite('audit.verify')
  const { data, error, isPending } = verify
  const isBroken = data?.isIntact === false
  const words = error !== null ? errorWords(error).message : data === undefined ? t('automation.verify.not-yet') : verdictWords(data)
  return (
    <div className="flex min-h-9 flex-none items-center gap-2 border-t border-line bg-canvas px-4 py-1 text-small text-ink-2 [--glyph-cut:var(--canvas)]">
      {isBroken || error !== null ? <StatusGlyph glyph="error" size={14} /> : <Link2 aria-hidden="true" className="size-3.5" />}
      <p role="status" className="min-w-0">
        {isBroken ? <strong className="font-semibold text-error">{words}</strong> : words}
        {isBroken ? <span className="block">{data.faults.map(faultWords).join(' ')}</span> : null}
      </p>
      <Button size="small" variant="ghost" className="text-accent" isBusy={isPending} onClick={() => verify.mutate({})}>
        {t('automation.verify.do')}
      </Button>
    </div>
  )
}
