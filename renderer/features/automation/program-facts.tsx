import { type ReactNode } from 'react'
import type { ProgramFacts as Facts } from '#shared/contract/grants'
import { rich, t } from '#renderer/messages/translate.ts'
import { exactTime } from '#renderer/ui/relative-words.ts'
import { fileName, quoted, startedWords } from './grant-words.ts'

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <>
    <dt className="text-ink-2">{name}</dt>
    <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
  </>
)

const mono = (words: ReactNode): ReactNode => <bdi className="font-mono">{words}</bdi>

/** The program at the other end as the system tells it, and its own words in quotes. Nothing of it is cut. */
export const ProgramFacts = ({ program, purpose }: { readonly program: Facts | null; readonly purpose: string | null }) => (
  <dl className="grid grid-cols-[104px_1fr] gap-y-0.5 rounded-8 bg-sunken px-3 py-2 text-small">
    {program === null ? (
      <Fact name={t('automation.facts.program')}>{t('automation.facts.unknown')}</Fact>
    ) : (
      <>
        <Fact name={t('automation.facts.program')}>{mono(program.path)}</Fact>
        {program.interpreter === null ? null : (
          <Fact name={t('automation.facts.run-by')}>
            {mono(program.interpreter)}{' '}
            <span className="block text-attention">
              {rich('automation.facts.interpreter', {
                name: fileName(program.interpreter),
                b: (words) => <bdi className="font-medium">{words}</bdi>,
              })}
            </span>
          </Fact>
        )}
        <Fact name={t('automation.facts.started-by')}>{mono(startedWords(program))}</Fact>
        <Fact name={t('automation.facts.file')}>
          {program.changedAt === null ? (
            t('automation.facts.changed-unknown')
          ) : (
            <time dateTime={program.changedAt}>{t('automation.facts.changed', { when: exactTime(program.changedAt) })}</time>
          )}
        </Fact>
      </>
    )}
    {purpose === null ? null : (
      <Fact name={t('automation.facts.says')}>
        <bdi>{quoted(purpose)}</bdi>
      </Fact>
    )}
  </dl>
)

/** The file and process that make a call, as the system tells them; `purpose` are the program's own words. */
export const CallerFacts = ({
  program,
  pid,
  purpose,
}: {
  readonly program: string | null
  readonly pid: number | null
  readonly purpose: string | null
}) => (
  <dl className="grid grid-cols-[104px_1fr] gap-y-0.5 rounded-8 bg-sunken px-3 py-2 text-small">
    <Fact name={t('automation.facts.program')}>{program === null ? t('automation.facts.unknown') : mono(program)}</Fact>
    {pid === null ? null : <Fact name={t('automation.facts.process')}>{mono(String(pid))}</Fact>}
    {purpose === null ? null : (
      <Fact name={t('automation.facts.says')}>
        <bdi>{quoted(purpose)}</bdi>
      </Fact>
    )}
  </dl>
)
