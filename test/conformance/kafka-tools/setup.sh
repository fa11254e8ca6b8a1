#!/bin/sh
# Prints the folder of the jars with Apache Kafka's command-line tools, fetched by
# ../apache-kafka/setup.sh, or one clear line, and exits with 1 where they can't be had.
set -eu

folder=$(cd "$(dirname "$0")" && pwd)
command -v java >/dev/null || {
  echo "java is not installed; Debian: default-jdk-headless"
  exit 1
}
exec "$folder/../apache-kafka/setup.sh"
