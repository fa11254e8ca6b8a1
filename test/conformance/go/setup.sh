#!/bin/sh
# Builds the drivers of the Go clients into a cache folder, with the libraries that go.mod and
# go.sum pin, and prints that folder. Prints one clear line and exits with 1 where it cannot.
set -eu

cd "$(dirname "$0")"
out="${XDG_CACHE_HOME:-$HOME/.cache}/odradek/go-drivers"
if ! command -v go >/dev/null; then
  echo "go is not installed: the Go clients need it"
  exit 1
fi
mkdir -p "$out"
log="$out/build.log"
go build -o "$out/" ./franz-go ./sarama ./kafka-go >"$log" 2>&1 || {
  echo "the Go drivers were not built: $(tail -n 1 "$log") (all of it in $log)"
  exit 1
}
echo "$out"
