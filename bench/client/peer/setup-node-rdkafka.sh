#!/bin/sh
# Installs node-rdkafka, which compiles librdkafka for some minutes, for the Node whose folder is
# given, into a cache outside the checkout, and prints the folder of the package. Prints one clear
# line and exits with 1 where that can't be. Needs g++, make, Python 3 and, for codecs and TLS that the
# bench does not use, what headers there are.
set -eu

version=3.6.1
node_home=$1
node_version=$("$node_home/bin/node" -p process.version)
home="${XDG_CACHE_HOME:-$HOME/.cache}/odradek/node-rdkafka-$version-node-$node_version"

if [ ! -d "$home/node_modules/node-rdkafka" ]; then
  rm -rf "$home.part" && mkdir -p "$home.part"
  # Two jobs at a time fail: librdkafka's configuration is written by a step that others don't await.
  unset JOBS MAKEFLAGS
  PATH="$node_home/bin:$PATH" npm_config_nodedir="$node_home" \
    npm install --no-audit --no-fund --no-save --prefix "$home.part" \
    "node-rdkafka@$version" >"$home.log" 2>&1 || {
    echo "npm could not install node-rdkafka $version, see $home.log"
    exit 1
  }
  rm -rf "$home" && mv "$home.part" "$home"
fi
echo "$home/node_modules/node-rdkafka"
