import { Monitor } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { LogoTile } from './logo-tile.tsx'

/** One stretch of the cable: whole, waiting (dashed, open ring), broken (plug pulled at its left end) or unknown (dotted). */
export type CableState = 'whole' | 'waiting' | 'broken' | 'unknown'

const Stretch = ({ state }: { readonly state: CableState }) => {
  const [hasWaited, setHasWaited] = useState(state === 'waiting')
  if (state === 'waiting' && !hasWaited) setHasWaited(true)
  // What was waited for has come: the plug goes in, once.
  const seat = hasWaited && state === 'whole' ? 'animate-seat' : undefined
  return (
    <svg
      viewBox="0 0 104 32"
      fill="none"
      strokeWidth="2"
      strokeLinecap="round"
      className="h-8 min-w-0 flex-1"
      preserveAspectRatio="xMidYMid meet"
    >
      {state === 'broken' ? (
        <g stroke="currentColor" className="text-attention">
          <circle cx="8" cy="16" r="4" />
          <path d="M38 29.5C60 29.5 76 26 96 16" />
          <rect x="26" y="26.5" width="14" height="6" rx="3" fill="currentColor" stroke="none" transform="translate(0 -.5)" />
          <circle cx="96" cy="16" r="3.5" fill="currentColor" stroke="none" />
        </g>
      ) : (
        <g stroke="currentColor" className={state === 'waiting' ? 'text-accent' : 'text-ink-2'}>
          <path
            d="M8 16C34 27 70 27 96 16"
            {...(state === 'waiting' ? { strokeDasharray: '6 6' } : state === 'unknown' ? { strokeDasharray: '.1 5' } : {})}
          />
          {state === 'waiting' ? (
            <circle cx="8" cy="16" r="4" className="fill-(--glyph-cut)" />
          ) : (
            <circle cx="8" cy="16" r="3.5" fill="currentColor" stroke="none" className={seat} />
          )}
          <circle cx="96" cy="16" r="3.5" fill="currentColor" stroke="none" />
        </g>
      )}
    </svg>
  )
}

const End = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div className="relative flex w-8 flex-none flex-col items-center pb-6">
    {children}
    <span className="absolute bottom-0 w-28 truncate text-center text-small text-ink-2" title={name}>
      <bdi>{name}</bdi>
    </span>
  </div>
)

/** The path provider - Nango - this computer; `words` under it says the same in a sentence, unless what follows does. */
export const Cable = ({
  connectorId,
  connectorName,
  middleName = 'Nango',
  atProvider,
  atComputer,
  words,
}: {
  readonly connectorId: string
  readonly connectorName: string
  /** `Nango`, or `Sandbox`. */
  readonly middleName?: string
  readonly atProvider: CableState
  readonly atComputer: CableState
  readonly words: string
}) => (
  <figure className="flex flex-col items-center gap-1">
    <div aria-hidden="true" className="flex w-full max-w-[300px] items-start justify-center">
      <End name={connectorName}>
        <LogoTile connectorId={connectorId} name={connectorName} size={32} />
      </End>
      <Stretch state={atProvider} />
      <End name={middleName}>
        <LogoTile connectorId="" name={middleName} size={32} />
      </End>
      <Stretch state={atComputer} />
      <End name={t('ui.cable.computer')}>
        <span className="inline-grid size-8 place-items-center rounded-8 border border-line bg-sunken">
          <Monitor />
        </span>
      </End>
    </div>
    {words === '' ? null : <figcaption className="text-center text-small text-ink-3">{words}</figcaption>}
  </figure>
)
