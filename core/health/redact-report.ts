import type { LogLine } from '#shared/contract/trouble'
import { METHODS } from '#shared/contract/contract'
import { isErrorCode } from '#shared/errors'
import { redact } from '../log.ts'

/** Texts that must not leave this computer, with what stands for them. */
export type KnownNames = readonly (readonly [name: string, standsFor: string])[]

const EMAIL = /[^\s<>"'(),;:@]+@[^\s<>"'(),;:@]+\.[^\s<>"'(),;:@]+/g
const ADDRESS = /\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s"'<>)\]]+/gi
const HOST = /(?<![\w/])(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*)\.)+[\p{L}]{2,24}(?::\d{1,5})?(?![\w(])/giu
const IP = /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b|\[[0-9a-f:]{3,}\](?::\d{1,5})?/gi
const HANDLE = /(?<![\w./])[a-z0-9][a-z0-9-]*\/[\p{L}\p{N}][\p{L}\p{N}_.-]*(?![\w/])/giu
const PATH = /(?:(?<=^|[\s"'(])\/|\b[A-Za-z]:\\)[^\s"'<>)]{2,}/g
const OUR_FILE = /\.(?:db|log|json|ts|js|mjs|cjs|yaml|yml|key|pem|sock|pass|lock)(?::\d+)?$/i

/** Free text without names, addresses, paths and what looks like a secret; codes, files of ours and numbers stay. */
export const redactText = (text: string, known: KnownNames): string => {
  const named = known
    .filter(([name]) => name.trim().length >= 2)
    .toSorted(([a], [b]) => b.length - a.length)
    .reduce((result, [name, standsFor]) => result.replaceAll(name, standsFor), redact(text))
  return named
    .replace(EMAIL, '[e-mail]')
    .replace(ADDRESS, '[address]')
    .replace(IP, '[address]')
    .replace(PATH, '[path]')
    .replace(HOST, (found) => (isErrorCode(found) || METHODS.has(found) || OUR_FILE.test(found) ? found : '[host]'))
    .replace(HANDLE, '[connection]')
}

/** Fields that hold ids, codes and numbers of ours, and nothing that a person or a server named. */
const PLAIN_FIELDS = new Set([
  'attemptId', 'flowId', 'profileId', 'connectionId', 'reference', 'method', 'caller', 'code', 'status', 'kind', 'ms', 'state', 'step',
  'type', 'version', 'port', 'tier', 'backend', 'from', 'to', 'connections', 'gapMs', 'lateMs', 'seen', 'added', 'updated', 'removed', 'missing', 'pages', 'durationMs',
]) // prettier-ignore
const PLAIN_VALUE = /^[\w.:-]{1,80}$/
const FRAME = /at (?:async )?([\w.$#<>]+)? ?\(?.*?([\w-]+\.[cm]?[jt]s):(\d+)(?::\d+)?\)?$/

const plainValue = (value: unknown): unknown => {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'string' || !PLAIN_VALUE.test(value) || value.includes('..')) return undefined
  return value
}

const errorFacts = (value: unknown, known: KnownNames): unknown => {
  if (typeof value !== 'object' || value === null) return undefined
  const { name, code, message } = value as Record<string, unknown>
  return {
    ...(typeof name === 'string' && PLAIN_VALUE.test(name) ? { name } : {}),
    ...(typeof code === 'string' && PLAIN_VALUE.test(code) ? { code } : {}),
    ...(typeof message === 'string' ? { message: redactText(message.slice(0, 300), known) } : {}),
  }
}

const frames = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.slice(0, 6).flatMap((frame) => {
        const [, name = '', file, line] = FRAME.exec(String(frame).trim()) ?? []
        return file === undefined ? [] : [`${name} ${file}:${line ?? ''}`.trim()]
      })
    : undefined

/** A line of the log with the fields that are known to be harmless; of the others only the names. */
export const redactLogLine = ({ at, level, event, attemptId, reference, fields }: LogLine, known: KnownNames): Record<string, unknown> => {
  const kept: Record<string, unknown> = {}
  const left: string[] = []
  for (const [key, value] of Object.entries(fields)) {
    const shown =
      key === 'error' ? errorFacts(value, known) : key === 'stack' ? frames(value) : PLAIN_FIELDS.has(key) ? plainValue(value) : undefined
    if (shown === undefined) left.push(PLAIN_VALUE.test(key) ? key : '?')
    else kept[key] = shown
  }
  return {
    at,
    level,
    event: /^[\w.]{1,80}$/.test(event) ? event : '[unnamed]',
    ...(attemptId === null ? {} : { attemptId: plainValue(attemptId) ?? '[unnamed]' }),
    ...(reference === null ? {} : { reference: plainValue(reference) ?? '[unnamed]' }),
    ...kept,
    ...(left.length === 0 ? {} : { leftOut: left.slice(0, 20) }),
  }
}
