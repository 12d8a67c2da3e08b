#!/usr/bin/env bash
# The wire from a shell: pairs once, then lists the connections that it may look at. Needs bash, socat and openssl 3.
# Usage: patchbay-client.sh CONNECTION
set -euo pipefail

connection=$1
socket=${PATCHBAY_HOME:+$PATCHBAY_HOME/patchbay.sock}
socket=${socket:-$XDG_RUNTIME_DIR/patchbay/patchbay.sock}
key=${XDG_CONFIG_HOME:-$HOME/.config}/shell-report/patchbay.pem

if [ ! -e "$key" ]; then
  mkdir -p -m 700 "$(dirname "$key")"
  (umask 077 && openssl genpkey -algorithm ed25519 -out "$key" 2>/dev/null)
fi
public_key=$(openssl pkey -in "$key" -pubout -outform DER | base64 -w 0)

# One connection for all calls: what is proved holds for it alone.
coproc wire { socat -t 70 - "UNIX-CONNECT:$socket"; }
id=0

# Sends one call and leaves the line of its answer in $answer.
call() {
  id=$((id + 1))
  printf '{"jsonrpc":"2.0","id":%d,"method":"%s","params":%s}\n' "$id" "$1" "$2" >&"${wire[1]}"
  while IFS= read -r answer <&"${wire[0]}"; do
    case $answer in *"\"id\":$id"[,}]*) return 0 ;; esac
  done
  echo 'Patchbay hung up.' >&2
  exit 3
}

# The text of one field of $answer; enough for nonces, states and codes, which hold no quotes.
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<<"$answer"; }

hello() {
  call system.hello "{\"client\":{\"name\":\"shell-report\",\"version\":\"1.0\",\"publicKey\":\"$public_key\"}}"
  nonce=$(field nonce)
}

prove() {
  hello
  text=$(mktemp)
  printf 'patchbay-prove\n%s\n%s' "$nonce" "$socket" >"$text"
  signature=$(openssl pkeyutl -sign -rawin -inkey "$key" -in "$text" | base64 -w 0)
  rm -f "$text"
  call system.prove "{\"signature\":\"$signature\"}"
}

prove
if [ "$(field code)" = automation.denied ]; then
  hello
  call grants.request "{\"name\":\"shell-report\",\"purpose\":\"Lists connections.\",\"verbs\":[\"read\"],\"connections\":{\"kind\":\"some\",\"connectionIds\":[\"$connection\"]}}"
  if [ "$(field state)" != active ]; then
    echo "No access: $(field endedBecause)" >&2
    exit 4
  fi
  prove
fi

call connections.list '{}'
printf '%s\n' "$answer"
