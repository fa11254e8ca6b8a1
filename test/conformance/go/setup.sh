#!/bin/sh
# Builds the driver of one Go client into a cache folder, with the libraries that go.mod and go.sum
# pin: setup.sh franz-go|sarama|kafka-go. Prints the driver's program, or one clear line and exits
# with 1 where it cannot be built.
set -eu

cd "$(dirname "$0")"
out="${XDG_CACHE_HOME:-$HOME/.cache}/odradek/go-drivers"
if ! command -v go >/dev/null; then
  echo "go is not installed: install Go 1.21 or newer, which fetches the version that go.mod asks for"
  exit 1
fi
mkdir -p "$out"
log="$out/$1.log"
go build -o "$out/" "./$1" >"$log" 2>&1 || {
  echo "go build failed: $(tail -n 1 "$log") (all of it in $log)"
  exit 1
}
echo "$out/$1"
