import { ExternalLink } from '#renderer/ui/external-link.tsx'
import { t } from '#renderer/messages/translate.ts'
import type { RevocationReport } from '#shared/contract/connection-life'
import { Said } from '#renderer/ui/said.tsx'
import { type PlaceWords, tokenWords } from './revoke-words.ts'

/** Place by place what happens, or happened. */
export const RevokePlaces = ({ title, places }: { readonly title: string; readonly places: readonly PlaceWords[] }) => (
  <section aria-label={title} className="flex flex-col gap-1">
    <h3 className="text-small font-semibold text-ink-1">{title}</h3>
    <dl className="grid grid-cols-[minmax(0,128px)_1fr] gap-x-3 gap-y-1">
      {places.map(({ place, words }) => (
        <div key={place} className="contents">
          <dt className="break-words text-ink-3">
            <bdi>{place}</bdi>
          </dt>
          <dd className="text-ink-1">{words}</dd>
        </div>
      ))}
    </dl>
  </section>
)

/** What became of each token, with what the provider said to it. */
export const TokenReport = ({ tokens }: { readonly tokens: RevocationReport['tokens'] }) =>
  tokens.length === 0 ? null : (
    <ul aria-label={t('life.report.tokens')} className="flex flex-col gap-0.5 text-small text-ink-2">
      {tokens.map((one) => (
        <li key={one.token}>
          {tokenWords(one)} {one.reason === null ? null : <Said english={one.reason} said={one.said} />}
        </li>
      ))}
    </ul>
  )

/** Where a person sees and ends by hand what has access to the account. */
export const AccountPageLink = ({ url, name }: { readonly url: string | null; readonly name: string }) =>
  url === null ? null : <ExternalLink href={url}>{t('life.report.page', { name })}</ExternalLink>
