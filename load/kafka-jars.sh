#!/bin/sh
# Fetches the jars of Apache Kafka from a Maven repository into a cache folder and prints that folder:
#
#   kafka-jars.sh VERSION [FOLDER]
#
# FOLDER is ${XDG_CACHE_HOME:-~/.cache}/odradek/kafka-VERSION by default. Needs mvn and a JDK of at
# least 17. Prints one clear line and exits with 1 where the jars can't be had.
#
# A folder that already holds the jars is left as it is. Of several who call this at once one
# fetches and the others wait for it. What failed is not tried again for ten minutes, so that on a
# machine without network a test run waits once and not once for each test.
set -eu

version="$1"
home="${2:-${XDG_CACHE_HOME:-$HOME/.cache}/odradek/kafka-$version}"

is_there() { [ -f "$home/kafka-tools-$version.jar" ]; }

fetch() {
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
  limit="$(command -v timeout >/dev/null && echo timeout 540)" || limit=
  $limit mvn -q -B -f "$pom/pom.xml" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$pom/jars" >"$pom/log" 2>&1 || {
    reason="$(sed -n 's/^\[ERROR\] *//p' "$pom/log" | head -n 1 | cut -c 1-200)"
    echo "the jars of Apache Kafka $version could not be fetched with mvn: ${reason:-no reason told}" \
      >"$failed"
    return 1
  }
  # The one that tells that all are there comes last.
  mkdir -p "$home"
  mv "$pom/jars/kafka-tools-$version.jar" "$pom"
  mv "$pom"/jars/*.jar "$home"
  mv "$pom/kafka-tools-$version.jar" "$home"
  rm -f "$failed"
}

if ! is_there; then
  for tool in mvn java; do
    command -v "$tool" >/dev/null || {
      echo "$tool is not installed; Debian: maven, default-jdk-headless"
      exit 1
    }
  done
  failed="$home.failed"
  mkdir -p "$(dirname "$home")"
  exec 9>"$home.lock"
  ! command -v flock >/dev/null || flock 9
  if ! is_there; then
    [ -n "$(find "$failed" -mmin -10 2>/dev/null)" ] || fetch || true
    is_there || {
      cat "$failed" 2>/dev/null || echo "the jars could not be moved into $home"
      exit 1
    }
  fi
fi
echo "$home"
