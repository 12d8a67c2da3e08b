import { locale, t } from '#renderer/messages/translate.ts'

/** A length of time as a step tells it: `under 0.1 s`, `0.2 s`, `46 s`, `2 min 46 s`. */
export const stepTime = (ms: number): string => {
  if (ms < 50) return t('connect.time.instant')
  if (ms < 10_000)
    return t('connect.time.seconds', {
      seconds: (ms / 1000).toLocaleString(locale(), { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    })
  const seconds = Math.round(ms / 1000)
  return seconds < 60
    ? t('connect.time.seconds', { seconds })
    : t('connect.time.minutes', { minutes: Math.floor(seconds / 60), seconds: seconds % 60 })
}
