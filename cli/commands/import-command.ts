import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ErrorCode, isErrorCode, PatchbayError } from '#shared/errors'
import { type ImportFile, parseImportFile, UnreadableFile } from '#shared/import-file'
import {
  countOutcomes,
  type ImportAnswer,
  isWanted,
  type MappedColumn,
  mergeResults,
  previewImport,
  PreviewStopped,
  rejectedFile,
  type RowResult,
  runImport,
  type SendRows,
} from '#shared/import-run'
import { type Command, type CommandContext, confirm, profileIdOf, valueOfFlag, wordsOf } from '../command.ts'
import { type Arguments, parsePairs } from '../command-from-method.ts'
import { formatTable, safeText } from '../text-format.ts'
import { usageError } from '../usage-error.ts'

const LARGEST_FILE = 64 * 1_048_576

const UNREADABLE: Readonly<Record<UnreadableFile['reason'], string>> = {
  empty: 'The file is empty.',
  no_rows: 'The file has no rows below its first line.',
  bad_json: 'The file begins like JSON and is none.',
  double_column: 'Two columns of the file have the same name.',
  empty_column: 'A column of the file has no name. The first line names the columns.',
}

const readText = async ({ io }: CommandContext, file: string): Promise<string> => {
  if (file === '-') return io.readInput()
  try {
    if (statSync(file).size <= LARGEST_FILE) return readFileSync(file, 'utf8')
  } catch {
    throw usageError(`${safeText(file)} cannot be read.`)
  }
  throw usageError('The file is larger than 64 MiB.', 'Split it.')
}

const parse = (text: string): ImportFile => {
  try {
    return parseImportFile(text)
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    const place = error.column === null ? '' : ` It is column ${error.column}.`
    throw usageError(`${UNREADABLE[error.reason]}${place}`, 'Give CSV with a first line of column names, or a JSON list of objects.')
  }
}

interface ImportCall {
  readonly profileId?: string
  readonly mapping: Readonly<Record<string, string | null>>
  readonly existing: 'refuse' | 'replace'
}

const sender =
  ({ session }: CommandContext, call: ImportCall, preview: boolean): SendRows =>
  (rows) =>
    session.call('connections.import', { ...call, preview, rows }) as Promise<ImportAnswer>

const preview = async (context: CommandContext, file: ImportFile, call: ImportCall): ReturnType<typeof previewImport> => {
  try {
    return await previewImport(file.rows, sender(context, call, true))
  } catch (error) {
    throw error instanceof PreviewStopped ? new PatchbayError('internal', { message: error.message }) : error
  }
}

const SHOWN_REFUSALS = 20

const refusalLines = (results: readonly RowResult[]): string[] => {
  const refused = results.filter(({ outcome }) => outcome === 'refused')
  const shown = refused.slice(0, SHOWN_REFUSALS).map(({ line, reason }) => `  line ${line}: ${safeText(reason?.words ?? '')}`)
  return refused.length > SHOWN_REFUSALS ? [...shown, `  and ${refused.length - SHOWN_REFUSALS} more`] : shown
}

const sentenceOf = (results: readonly RowResult[], isDone: boolean): string => {
  const counts = countOutcomes(results)
  const parts = [
    [counts.create, isDone ? 'made' : 'to make'],
    [counts.update, isDone ? 'replaced' : 'to replace'],
    [counts.adopt, isDone ? 'adopted' : 'to adopt'],
    [counts.done_before, 'there already'],
    [counts.refused, 'refused'],
    [counts.not_tried, 'not tried'],
  ] as const
  return `${results.length} ${results.length === 1 ? 'row' : 'rows'}: ${parts
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count} ${words}`)
    .join(', ')}.`
}

const showMapping = ({ view }: CommandContext, mapping: readonly MappedColumn[]): string =>
  formatTable(
    ['COLUMN', 'MEANS'],
    mapping.map(({ column, field }) => [{ text: safeText(column) }, { text: field ?? 'not used' }]),
    view.columns,
    view.paint,
  )

/** A file beside the first that is not there yet. */
const writeBeside = (file: string, content: string): string => {
  const extension = extname(file)
  const stem = join(dirname(file), `${basename(file, extension)}.rejected`)
  for (let number = 1; ; number += 1) {
    const path = resolve(`${stem}${number === 1 ? '' : `-${number}`}${extension}`)
    if (writeNew(path, content) || number === 1_000) return path
  }
}

const writeNew = (path: string, content: string): boolean => {
  try {
    writeFileSync(path, content, { mode: 0o600, flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw new PatchbayError('storage.failed', { message: `${safeText(path)} could not be written.`, data: { path }, cause: error })
  }
}

const callOf = async (context: CommandContext, args: Arguments): Promise<ImportCall> => {
  const profile = valueOfFlag(args, 'profile')
  const pairs = parsePairs('map', args.flags.get('map') ?? [])
  return {
    ...(profile === undefined ? {} : { profileId: await profileIdOf(context, profile) }),
    mapping: Object.fromEntries(Object.entries(pairs).map(([column, field]) => [column, field === '' ? null : field])),
    existing: args.flags.has('replace') ? 'replace' : 'refuse',
  }
}

const run: Command['run'] = async (context, args) => {
  const { session, print, say, io, isJson } = context
  const [name = ''] = wordsOf(args, importCommand.usage, 1)
  const withSecrets = args.flags.has('with-secrets')
  const rejected = valueOfFlag(args, 'rejected')
  if (rejected !== undefined && existsSync(rejected)) throw usageError(`${safeText(rejected)} exists already.`, 'Name another file.')
  const file = parse(await readText(context, name))
  const call = await callOf(context, args)
  const unknown = Object.keys(call.mapping).find((column) => !file.columns.includes(column))
  if (unknown !== undefined) throw usageError(`The file has no column ${safeText(unknown)}.`)
  // What is at Nango decides what is new; where it cannot be asked the rows say so.
  await session.call('sync.run', call.profileId === undefined ? {} : { profileId: call.profileId }).catch(() => {})
  const { mapping, results: planned } = await preview(context, file, call)
  if (mapping.length > 0 && mapping.every(({ field }) => field === null))
    throw usageError(
      'No column of the file is one that is known.',
      'Say what they mean: --map column=apiKey. The first line names the columns.',
    )
  if (args.flags.has('preview')) {
    const show = (): string => [showMapping(context, mapping), '', sentenceOf(planned, false), ...refusalLines(planned)].join('\n')
    return print({ isPreview: true, mapping, counts: countOutcomes(planned), rows: planned }, show)
  }
  const counts = countOutcomes(planned)
  const wanted = counts.create + counts.update + counts.adopt
  if (!isJson) say(`${showMapping(context, mapping)}\n\n${[sentenceOf(planned, false), ...refusalLines(planned)].join('\n')}`)
  const replaced = counts.update === 0 ? '' : ` What is replaced, ${counts.update} of them, loses its tags, metadata and configuration.`
  if (wanted > 0 && !(await confirm(context, `Import ${wanted} of ${planned.length} rows into Nango?${replaced}`)))
    throw new PatchbayError('request.cancelled')

  const exact = { ...call, mapping: Object.fromEntries(mapping.map(({ column, field }) => [column, field])) }
  const done = await runImport(
    file.rows.filter((_row, index) => isWanted(planned[index] ?? { outcome: 'refused' })),
    sender(context, exact, false),
    {
      wait: (milliseconds) => sleep(milliseconds),
      onProgress: (count) => {
        if (io.isErrorTerminal && !isJson) say(`${count} of ${wanted}`)
      },
    },
  )
  const results = mergeResults(planned, done.results)
  const content = rejectedFile(file, mapping, results, { withSecrets, reasonOf: ({ reason }) => reason?.words ?? 'It was not tried.' })
  let path: string | null = null
  if (content !== null && rejected !== undefined) {
    path = resolve(rejected)
    if (!writeNew(path, content)) path = writeBeside(path, content)
  } else if (content !== null && name !== '-') path = writeBeside(name, content)
  print({ isPreview: false, mapping, counts: countOutcomes(results), rejectedFile: path, rows: results }, () =>
    [
      sentenceOf(results, true),
      ...refusalLines(results),
      ...(path === null ? [] : [`The rows that did not go in are in ${safeText(path)}${withSecrets ? '' : ', without their secrets'}.`]),
    ].join('\n'),
  )
  if (done.stopped !== null) {
    const code: ErrorCode = isErrorCode(done.stopped.code) ? done.stopped.code : 'internal'
    throw new PatchbayError(code, { message: done.stopped.message, data: { next: 'Run it again: what is done is not done twice.' } })
  }
  if (countOutcomes(results).refused > 0) process.exitCode = 1
}

/** `patchbay connections import FILE|-`: shows what the columns mean and what would happen, asks, and does it row by row. */
export const importCommand: Command = {
  usage:
    'connections import FILE|- [--map column=field]... [--preview] [--profile P] [--replace] [--rejected FILE] [--with-secrets] [--yes]',
  summary:
    'Brings the rows of a CSV or JSON file in: credentials become connections, rows that name one at Nango adopt it. Rows that cannot come back as a file.',
  booleans: ['preview', 'replace', 'with-secrets'],
  values: ['map', 'profile', 'rejected'],
  run,
}
