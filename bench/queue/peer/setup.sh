#!/bin/sh
# Installs one of the packages that the bench compares with, by its name and version, and those that
# are named behind, into a cache outside the checkout, and prints the folder of its package. Prints
# one clear line and exits with 1 where that can't be. Without a prebuilt binary it needs g++, make
# and Python 3; BullMQ needs a redis-server.
set -eu

name=$1
version=$2
shift 2
if [ "$name" = bullmq ] && ! command -v redis-server >/dev/null; then
  echo "redis-server is not installed"
  exit 1
fi
node_version=$(node -p process.version)
home="${XDG_CACHE_HOME:-$HOME/.cache}/odradek/$name-$version-node-$node_version"

if [ ! -d "$home/node_modules/$name" ]; then
  rm -rf "$home.part" && mkdir -p "$home.part"
  npm install --no-audit --no-fund --no-save --prefix "$home.part" \
    "$name@$version" "$@" >"$home.log" 2>&1 || {
    echo "npm could not install $name $version, see $home.log"
    exit 1
  }
  rm -rf "$home" && mv "$home.part" "$home"
fi
node -e 'require(process.argv[1])' "$home/node_modules/$name" 2>"$home.log" || {
  echo "$name $version does not load in Node $node_version, see $home.log"
  exit 1
}
echo "$home/node_modules/$name"
