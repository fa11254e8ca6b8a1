#!/bin/sh
# Fetches the jars of the reference broker, Apache Kafka 4.3.1, from a Maven repository into a
# cache folder outside the checkout and prints that folder. Needs mvn and a JDK of at least 17.
#
#   KAFKA_HOME=$(test/conformance/apache-kafka/setup.sh)
#
# The folder is $KAFKA_HOME if that is set, else ${XDG_CACHE_HOME:-~/.cache}/odradek/kafka-4.3.1.
# A folder that already holds the broker's jar is left as it is.
set -eu

version=4.3.1
home="${KAFKA_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/odradek/kafka-$version}"

if [ ! -f "$home/kafka_2.13-$version.jar" ]; then
  for tool in mvn java; do
    command -v "$tool" >/dev/null || {
      echo "setup.sh: $tool is not installed; Debian: maven, openjdk-17-jdk-headless" >&2
      exit 1
    }
  done
  mkdir -p "$home"
  pom="$(mktemp -d)"
  trap 'rm -rf "$pom"' EXIT
  # log4j-slf4j-impl is what the release adds so that the broker logs at all; kafka-tools holds
  # the command-line tools.
  cat >"$pom/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId>
  <artifactId>kafka-jars</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>$version</version>
    </dependency>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka-tools</artifactId>
      <version>$version</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>2.25.5</version>
    </dependency>
  </dependencies>
</project>
POM
  mvn -q -B -f "$pom/pom.xml" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$home" >&2
fi
echo "$home"
