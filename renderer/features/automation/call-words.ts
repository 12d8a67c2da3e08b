import type { LiveCall } from '#shared/contract/grants'
import { t } from '#renderer/messages/translate.ts'

/** What a call does: of one through a connection its method and path, else the name of what was called. */
export const callWhat = ({ target, method }: Pick<LiveCall, 'target' | 'method'>): string => target ?? method

/** For how long a call runs: `1.2 s`, later whole seconds. */
export const runningFor = ({ startedAt }: Pick<LiveCall, 'startedAt'>, now: number): string => {
  const ms = Math.max(0, now - Date.parse(startedAt))
  const minutes = Math.floor(ms / 60_000)
  return minutes === 0 ? t('ui.time.seconds', { count: Math.floor(ms / 1000) }) : t('ui.time.minutes', { count: minutes })
}

const BLANKS = / {2,}/g
/** What JSON and the host write for characters that cannot be seen; a backslash that is itself written as two is none. */
const UNSEEN = /(?=\\u)(?<=(?:^|[^\\])(?:\\\\)*)(?:\\u[0-9a-f]{4})+|␣+/g

/** Data in parts: what stands for characters that cannot be seen apart from the rest, blanks in a row among it. */
export const unseenParts = (json: string): readonly { readonly text: string; readonly isUnseen: boolean }[] => {
  const text = json.replace(BLANKS, (blanks) => '␣'.repeat(blanks.length))
  const parts: { text: string; isUnseen: boolean }[] = []
  let done = 0
  for (const { 0: found, index } of text.matchAll(UNSEEN)) {
    parts.push({ text: text.slice(done, index), isUnseen: false }, { text: found, isUnseen: true })
    done = index + found.length
  }
  return [...parts, { text: text.slice(done), isUnseen: false }].filter((part) => part.text !== '')
}
