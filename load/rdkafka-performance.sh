#!/bin/sh
# Compiles rdkafka_performance, by which librdkafka is measured, from the sources of librdkafka
# 2.12.0 that the npm package node-rdkafka carries, into a cache outside the checkout, and prints
# the program. Prints one clear line and exits with 1 where that can't be. Codecs and TLS, which the
# bench does not use, are left out.
set -eu

package=3.6.1
home="${XDG_CACHE_HOME:-$HOME/.cache}/odradek/rdkafka-performance-$package"
program="$home/examples/rdkafka_performance"

# Chained: where a failure is caught, `set -e` does not end the function.
build() {
  cd "$home.part" &&
    npm pack --silent "node-rdkafka@$package" &&
    tar -xzf "node-rdkafka-$package.tgz" &&
    cd package/deps/librdkafka &&
    ./configure --disable-ssl --disable-gssapi --disable-curl --disable-zlib --disable-zstd \
      --disable-lz4-ext &&
    make -j2 -C src librdkafka.a &&
    make -C examples rdkafka_performance
}

if [ ! -x "$program" ]; then
  for tool in npm g++ make bash python3; do
    command -v "$tool" >/dev/null || {
      echo "$tool is not installed; Debian: npm, g++, make, bash, python3"
      exit 1
    }
  done
  rm -rf "$home.part" && mkdir -p "$home.part"
  (build) >"$home.log" 2>&1 || {
    echo "rdkafka_performance of node-rdkafka $package could not be built, see $home.log"
    exit 1
  }
  rm -rf "$home" && mv "$home.part/package/deps/librdkafka" "$home" && rm -rf "$home.part"
fi
echo "$program"
