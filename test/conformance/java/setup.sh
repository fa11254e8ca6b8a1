#!/bin/sh
# Compiles the driver against the jars of Apache Kafka 4.3.1 that ../apache-kafka/setup.sh fetches,
# into a cache outside the checkout, and prints the driver's program and arguments. Prints one clear
# line and exits with 1 where that can't be.
set -eu

folder=$(cd "$(dirname "$0")" && pwd)
command -v javac >/dev/null || {
  echo "javac is not installed; Debian: default-jdk-headless"
  exit 1
}
jars=$("$folder/../apache-kafka/setup.sh") || {
  echo "$jars"
  exit 1
}
sum=$(cat "$folder"/*.java | cksum | tr -d ' ')
classes="${XDG_CACHE_HOME:-$HOME/.cache}/odradek/java-driver-$sum"
if [ ! -f "$classes/Driver.class" ]; then
  part="$classes.$$"
  rm -rf "$part"
  javac -nowarn -cp "$jars/*" -d "$part" "$folder"/*.java >&2 || {
    echo "the driver does not compile"
    exit 1
  }
  mv -T "$part" "$classes" 2>/dev/null || rm -rf "$part"
fi
printf '%s\n' java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx512m \
  -Dorg.apache.logging.log4j.level=WARN -cp "$jars/*:$classes" Driver
