import type { Diagnosis } from '#shared/contract/trouble'
import { t } from '#renderer/messages/translate.ts'
import { exactTime } from '#renderer/ui/relative-words.ts'

type Finding = Diagnosis['evidence'][number]

/** An instant in a sentence of the core. */
const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g

const ownWords = ({ id, status, summary }: Finding): string | null => {
  const [at] = summary.match(INSTANT) ?? []
  const time = at === undefined ? null : exactTime(at)
  switch (id) {
    case 'expiry':
      if (time !== null)
        return t(status === 'warn' ? 'connections.evidence-words.ended' : 'connections.evidence-words.good-until', { time })
      return t(status === 'unknown' ? 'connections.evidence-words.no-end-known' : 'connections.evidence-words.endless')
    case 'refresh':
      return time === null ? null : t('connections.evidence-words.refreshed', { time })
    case 'scopes':
      return status === 'ok' ? t('connections.evidence-words.scopes-given') : null
    default:
      return null
  }
}

/** One finding in the language of the window where it is about what is known here; else in the core's own English, times as the window writes them. */
export const evidenceWords = (finding: Finding): { readonly words: string; readonly isCores: boolean } => {
  const words = ownWords(finding)
  return words === null ? { words: finding.summary.replace(INSTANT, exactTime), isCores: true } : { words, isCores: false }
}
