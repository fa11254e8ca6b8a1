#!/bin/sh
# Prints the folder of the jars with Apache Kafka's command-line tools, fetched by
# ../apache-kafka/setup.sh, or one clear line, and exits with 1 where they can't be had.
set -eu

folder=$(cd "$(dirname "$0")" && pwd)
command -v java >/dev/null || {
  echo "java is not installed; Debian: openjdk-17-jre-headless"
  exit 1
}
"$folder/../apache-kafka/setup.sh" 2>/dev/null || {
  echo "the jars of Apache Kafka 4.3.1 are not there and could not be fetched with mvn"
  exit 1
}
