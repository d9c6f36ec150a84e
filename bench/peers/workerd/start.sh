#!/usr/bin/env bash
# Serves the peer: start.sh PORT DIR. Stays in the foreground; exits with 3 if there is no workerd.
# Looks at $WORKERD, then in build/peers, then asks npm to install it there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
peers=$(cd "$here/../../.." && pwd)/build/peers

if [ $# -ne 2 ]; then
  echo "usage: start.sh PORT DIR" >&2
  exit 2
fi

# The real program: the package's own `workerd` is a script that starts it through node.
find_workerd() {
  local name
  for name in "${WORKERD:-}" "$peers"/node_modules/@cloudflare/workerd-*/bin/workerd; do
    if [ -n "$name" ] && [ -x "$name" ]; then
      echo "$name"
      return
    fi
  done
  return 1
}

install_workerd() {
  command -v npm >/dev/null || return 1
  mkdir -p "$peers"
  npm install --prefix "$peers" --no-audit --no-fund --silent workerd >&2
}

workerd=$(find_workerd) || { install_workerd && workerd=$(find_workerd); } || {
  echo "The peer workerd is not available: set WORKERD, or install node and npm." >&2
  exit 3
}
mkdir -p "$2"
exec "$workerd" serve "$here/config.capnp" \
  --socket-addr="http=127.0.0.1:$1" --directory-path="objects=$(cd "$2" && pwd)"
