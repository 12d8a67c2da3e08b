import type { CompletionTable, Offer } from './completion-table.ts'

// The tables and what goes along the words is the same for both shells; how each is told what fits is not.

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** A `case` that sets `_patchbay_found`; what leads to the same stands in one line. */
const caseOf = (name: string, rows: Iterable<readonly [key: string, offer: Offer]>): string => {
  const byOffer = new Map<string, string[]>()
  for (const [key, offer] of rows) {
    const text = offer.join(' ')
    // A last `*` stands for every place.
    const pattern = key.endsWith(' *') ? `${quote(key.slice(0, -1))}[0-9]*` : quote(key)
    byOffer.set(text, [...(byOffer.get(text) ?? []), pattern])
  }
  const lines = [...byOffer].map(([text, patterns]) => `    ${patterns.join('|')}) _patchbay_found=${quote(text)} ;;`)
  return `${name}() {\n  _patchbay_found=''\n  case "$1" in\n${lines.join('\n')}\n  esac\n}`
}

const tables = ({ first, second, flags, values }: CompletionTable): string =>
  [
    `_patchbay_first=${quote(first.join(' '))}`,
    caseOf('_patchbay_second', second),
    caseOf('_patchbay_flags', flags),
    caseOf('_patchbay_values', values),
  ].join('\n')

/** Walks over the words before the one that is typed, and then says what fits there, in `_patchbay_found`. */
const WALK = `_patchbay_begin() {
  _patchbay_one='' _patchbay_command='' _patchbay_wants='' _patchbay_ended='' _patchbay_place=0
}
_patchbay_take() {
  if [ -n "$_patchbay_ended" ]; then
    _patchbay_place=$((_patchbay_place + 1))
  elif [ -n "$_patchbay_wants" ]; then
    _patchbay_wants=''
  else
    case "$1" in
      --) _patchbay_ended=1 _patchbay_place=0 ;;
      --*=*) ;;
      --*)
        _patchbay_flags "$_patchbay_command"
        case " $_patchbay_found --account= " in *" $1= "*) _patchbay_wants=$1 ;; esac ;;
      -*) ;;
      *)
        if [ -z "$_patchbay_one" ]; then
          _patchbay_one=$1 _patchbay_command=$1
        elif [ "$_patchbay_place" = 0 ] && [ "$_patchbay_command" = "$_patchbay_one" ] && _patchbay_flags "$_patchbay_one $1" && [ -n "$_patchbay_found" ]; then
          _patchbay_command="$_patchbay_one $1"
        else
          _patchbay_place=$((_patchbay_place + 1))
        fi ;;
    esac
  fi
}
_patchbay_offer() {
  if [ -n "$_patchbay_ended" ]; then
    _patchbay_found='@files'
    [ "$_patchbay_place" = 0 ] && _patchbay_found='@commands'
  elif [ -n "$_patchbay_wants" ]; then
    _patchbay_values "$_patchbay_command $_patchbay_wants"
  else
    case "$1" in
      -*)
        _patchbay_flags "$_patchbay_command"
        _patchbay_found="\${_patchbay_found//=/}" ;;
      *)
        if [ -z "$_patchbay_one" ]; then
          _patchbay_found=$_patchbay_first
        else
          _patchbay_values "$_patchbay_command $((_patchbay_place + 1))"
          if [ "$_patchbay_place" = 0 ] && [ "$_patchbay_command" = "$_patchbay_one" ]; then
            _patchbay_more=$_patchbay_found
            _patchbay_second "$_patchbay_one"
            _patchbay_found="$_patchbay_found $_patchbay_more"
          fi
        fi ;;
    esac
  fi
}
_patchbay_ask() {
  command patchbay completion values "$1" "$2" --no-autostart </dev/null 2>/dev/null
}`

const BASH = `_patchbay() {
  local word value cur="\${COMP_WORDS[COMP_CWORD]}" index=1 lead=''
  local _patchbay_one _patchbay_command _patchbay_wants _patchbay_ended _patchbay_place _patchbay_found _patchbay_more
  COMPREPLY=()
  _patchbay_begin
  while [ "$index" -lt "$COMP_CWORD" ]; do
    word="\${COMP_WORDS[index]}"
    # Bash takes --flag=value apart.
    [ "$word" = '=' ] || _patchbay_take "$word"
    index=$((index + 1))
  done
  [ "$cur" = '=' ] && cur=''
  _patchbay_offer "$cur"
  case "$cur" in *,*) lead="\${cur%,*}," cur="\${cur##*,}" ;; esac
  for word in $_patchbay_found; do
    case "$word" in
      @files)
        compopt -o filenames 2>/dev/null
        while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$cur") ;;
      @commands)
        while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -c -- "$cur") ;;
      @*)
        while IFS= read -r value; do
          case "$value" in "$cur"*) COMPREPLY+=("$lead$value") ;; esac
        done < <(_patchbay_ask "\${word#@}" "$cur") ;;
      *)
        case "$word" in "$cur"*) COMPREPLY+=("$lead$word") ;; esac ;;
    esac
  done
}
complete -F _patchbay patchbay`

const ZSH = `_patchbay() {
  local word index=2
  local _patchbay_one _patchbay_command _patchbay_wants _patchbay_ended _patchbay_place _patchbay_found _patchbay_more
  local -a fit
  _patchbay_begin
  while (( index < CURRENT )); do
    _patchbay_take "\${words[index]}"
    index=$((index + 1))
  done
  case "$PREFIX" in
    --*=*)
      _patchbay_take "\${PREFIX%%=*}"
      compset -P 1 '*=' ;;
  esac
  _patchbay_offer "$PREFIX"
  case "$PREFIX" in *,*) compset -P '*,' ;; esac
  for word in \${=_patchbay_found}; do
    case "$word" in
      @files) _files ;;
      @commands) _command_names -e ;;
      @*) fit+=("\${(@f)$(_patchbay_ask "\${word#@}" "$PREFIX")}") ;;
      *) fit+=("$word") ;;
    esac
  done
  fit=(\${fit:#})
  (( \${#fit} > 0 )) && compadd -a fit
}
if [ "\${funcstack[1]}" = _patchbay ]; then
  _patchbay "$@"
elif (( \${+functions[compdef]} )); then
  compdef _patchbay patchbay
fi`

/** A script that completes `patchbay` in that shell: tables of what there is, and a question to a running host for names. */
export const completionScript = (shell: 'bash' | 'zsh', table: CompletionTable): string =>
  [
    ...(shell === 'zsh' ? ['#compdef patchbay'] : []),
    '# Completes patchbay. Made by `patchbay completion`; make it again after an update.',
    tables(table),
    WALK,
    shell === 'bash' ? BASH : ZSH,
    '',
  ].join('\n')
