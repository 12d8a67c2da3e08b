import { Hourglass } from 'lucide-react'
import type { Grant } from '#shared/contract/grants'
import { t } from '#renderer/messages/translate.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { RelativeTime } from '#renderer/ui/relative-time.tsx'
import { StatusGlyph } from '#renderer/ui/status-glyph.tsx'
import type { Question } from './approval-queue.ts'
import { callWhat } from './call-words.ts'
import { GrantButton } from './grant-button.tsx'
import { endsWords, quoted, tame, verbsWords } from './grant-words.ts'
import { ProgramTile } from './program-tile.tsx'
import type { GrantActs } from './use-grant-acts.ts'

/** What waits, the oldest first: its card lies above the window; and below what was denied lately. */
export const WaitingTab = ({
  questions,
  denied,
  now,
  acts,
  onOpen,
}: {
  readonly questions: readonly Question[]
  readonly denied: readonly Grant[]
  readonly now: number
  readonly acts: GrantActs
  readonly onOpen: (grantId: string) => void
}) =>
  questions.length === 0 && denied.length === 0 ? (
    <EmptyState icon={Hourglass} title={t('automation.waiting.none')}>
      {t('automation.waiting.none-text')}
    </EmptyState>
  ) : (
    <div className="relative min-h-0 flex-1 overflow-y-auto">
      {questions.length === 0 ? <p className="border-b border-line px-4 py-3 text-ink-2">{t('automation.waiting.none')}</p> : null}
      <ul aria-label={t('automation.tab.waiting')}>
        {questions.map((question) => (
          <li key={question.id} className="flex min-h-13 items-center gap-2.5 border-b border-line px-4 py-1.5">
            <StatusGlyph glyph="pending" />
            <span className="flex min-w-0 flex-1 flex-col">
              <bdi className="truncate font-medium">
                {tame(question.kind === 'grant' ? question.grant.clientName : question.call.clientName)}
              </bdi>
              <bdi className="truncate text-small text-ink-2">
                {question.kind === 'grant' ? quoted(question.grant.purpose) : `${callWhat(question.call)} ${question.call.handle ?? ''}`}
              </bdi>
            </span>
            <span className="text-small text-ink-3">
              <RelativeTime at={question.at} now={now} />
            </span>
          </li>
        ))}
      </ul>
      {denied.length === 0 ? null : (
        <>
          <h2 className="flex h-7 items-center border-b border-line bg-canvas px-4 text-small font-medium text-ink-2">
            {t('automation.waiting.denied')}
          </h2>
          <ul aria-label={t('automation.waiting.denied')}>
            {denied.map((grant) => (
              <li
                key={grant.grantId}
                data-grant={grant.grantId}
                className="flex min-h-13 items-center gap-2.5 border-b border-line px-4 py-1.5"
              >
                <ProgramTile />
                <span className="flex min-w-0 flex-1 flex-col">
                  <button
                    type="button"
                    data-row-start=""
                    onClick={() => onOpen(grant.grantId)}
                    className="truncate rounded-4 text-left font-medium"
                  >
                    <bdi>{tame(grant.clientName)}</bdi>
                  </button>
                  <bdi className="truncate text-small text-ink-2">
                    {quoted(grant.purpose)} · {verbsWords(grant.verbs)}
                  </bdi>
                </span>
                <span className="flex-none text-small text-ink-2">{endsWords(grant, now)}</span>
                <span className="w-20 flex-none text-right text-small text-ink-3 tabular-nums">
                  <RelativeTime at={grant.endedAt ?? grant.requestedAt} now={now} />
                </span>
                <GrantButton grant={grant} acts={acts} />
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
