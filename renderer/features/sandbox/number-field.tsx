import { useState } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { TextField } from '#renderer/ui/text-field.tsx'

/** A whole number within bounds; it holds when the field is left, or at Enter. */
export const NumberField = ({
  label,
  value,
  min,
  max,
  onChange,
}: {
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly onChange: (value: number) => void
}) => {
  const [draft, setDraft] = useState<string | null>(null)
  const text = draft ?? String(value)
  const number = /^\d{1,6}$/.test(text.trim()) ? Number(text.trim()) : Number.NaN
  const isRight = number >= min && number <= max
  const commit = (): void => {
    if (draft === null || !isRight) return
    setDraft(null)
    if (number !== value) onChange(number)
  }
  return (
    <form
      className={isRight ? '-mb-4 w-40' : 'w-40'}
      onSubmit={(event) => {
        event.preventDefault()
        commit()
      }}
    >
      <TextField
        label={label}
        type="number"
        value={text}
        onValueChange={setDraft}
        onLeave={commit}
        error={isRight ? null : t('tour.sandbox.number-wrong', { min, max })}
      />
    </form>
  )
}
