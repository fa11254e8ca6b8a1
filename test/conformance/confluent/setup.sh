#!/bin/sh
# Makes Debian's python3-confluent-kafka available to /usr/bin/python3: does nothing where it is
# there, else installs it where that is possible. Prints one clear line and exits with 1 where not.
set -eu

python=/usr/bin/python3
[ -x "$python" ] && "$python" -c 'import confluent_kafka' 2>/dev/null && exit 0
if ! command -v apt-get >/dev/null; then
  echo "confluent-kafka for Python is not installed and this system has no apt-get"
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "only root may install what is missing: apt-get install python3-confluent-kafka"
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update >/dev/null 2>&1 || true
apt-get -qq install -y --no-install-recommends python3-confluent-kafka >/dev/null 2>&1 || {
  echo "python3-confluent-kafka is not installed and apt-get could not install it"
  exit 1
}
