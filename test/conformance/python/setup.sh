#!/bin/sh
# Installs the packages that a client's requirements.txt pins into a virtual environment in a cache
# folder, once for each state of that file: setup.sh kafka-python|aiokafka|confluent-kafka. Prints the
# driver's program and argument, one a line, or one clear line and exits with 1 where that can't be.
set -eu

folder=$(cd "$(dirname "$0")/$1" && pwd)
wanted=$folder/requirements.txt
home="${XDG_CACHE_HOME:-$HOME/.cache}/odradek/python-$1"
python=$(command -v python3) || {
  echo "python3 is not installed"
  exit 1
}
if ! cmp -s "$wanted" "$home/installed.txt"; then
  log=$home.log
  { "$python" -m venv --clear "$home" &&
    "$home/bin/pip" install -q --disable-pip-version-check -r "$wanted"; } >"$log" 2>&1 || {
    echo "the packages of $1 were not installed: $(tail -n 1 "$log") (all of it in $log)"
    exit 1
  }
  cp "$wanted" "$home/installed.txt"
fi
printf '%s\n' "$home/bin/python" "$folder/driver.py"
