#!/bin/sh
# Installs @platformatic/kafka, and a Node that it runs on where this one is older, into a cache
# outside the checkout, and prints the driver's program and arguments. Prints one clear line and
# exits with 1 where that can't be.
set -eu

version=2.12.1
node_version=24.21.0
folder=$(cd "$(dirname "$0")" && pwd)
home="${XDG_CACHE_HOME:-$HOME/.cache}/odradek/platformatic-kafka-$version"

if [ ! -d "$home/node_modules/@platformatic/kafka" ]; then
  rm -rf "$home.part" && mkdir -p "$home.part"
  npm install --silent --no-audit --no-fund --no-save --prefix "$home.part" \
    "@platformatic/kafka@$version" "node@$node_version" >&2 || {
    echo "npm could not install @platformatic/kafka $version"
    exit 1
  }
  rm -rf "$home" && mv "$home.part" "$home"
fi
node="$home/node_modules/node/bin/node"
"$node" -e 0 || {
  echo "Node $node_version does not run here"
  exit 1
}
printf '%s\n' "$node" "$folder/driver.mjs" "$home/node_modules/@platformatic/kafka"
