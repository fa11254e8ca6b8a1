#!/bin/sh
# Puts the jars of Apache Kafka 4.3.1, or of $CONFORMANCE_KAFKA_VERSION, into $KAFKA_HOME or a cache
# folder and prints the folder, or one clear line, and exits with 1 where they can't be had.
#
#   KAFKA_HOME=$(test/conformance/apache-kafka/setup.sh)
set -eu

load=$(cd "$(dirname "$0")/../../../load" && pwd)
exec "$load/kafka-jars.sh" "${CONFORMANCE_KAFKA_VERSION:-4.3.1}" ${KAFKA_HOME:+"$KAFKA_HOME"}
