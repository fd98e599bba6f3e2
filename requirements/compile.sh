#!/usr/bin/env bash
# Rewrites the three hashed requirement files from pyproject.toml.
#   requirements/compile.sh             keeps the pins that still fit
#   requirements/compile.sh --upgrade   takes newer versions
# Needs uv (any way of installing it will do). dev.txt is solved first and binds
# the other two, so that runtime ⊂ test ⊂ dev holds version for version.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

uv=.venv/bin/uv
[ -x "$uv" ] || uv=uv

compile() { # compile OUTPUT [more arguments of uv]
  local output=$1
  shift
  # Wherever this machine fetches packages from, the files do not say so.
  "$uv" pip compile pyproject.toml --quiet --universal --python-version 3.11 \
    --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
    --output-file "$output" "$@" >/dev/null
}

compile requirements/dev.txt --group test --group lint "$@"
compile requirements/test.txt --group test --constraint requirements/dev.txt "$@"
compile requirements/runtime.txt --constraint requirements/dev.txt "$@"

if grep -nE '://|^ *(-i|-f|--(extra-)?index-url|--find-links)' requirements/*.txt; then
  echo "requirements/*.txt must not say where packages come from" >&2
  exit 1
fi
