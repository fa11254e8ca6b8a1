#!/bin/sh
# Installs the packages of requirements.txt into a cache outside the checkout, once, and prints the
# driver's program and arguments. Prints one clear line and exits with 1 where that can't be.
set -eu

folder=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's/^confluent-kafka==//p' "$folder/requirements.txt")
home="${XDG_CACHE_HOME:-$HOME/.cache}/odradek/confluent-kafka-$version"

python=$(command -v python3) || {
  echo "python3 is not installed"
  exit 1
}
if [ ! -d "$home/confluent_kafka" ]; then
  rm -rf "$home.part"
  "$python" -m pip install -q --disable-pip-version-check --root-user-action=ignore --no-deps \
    --target "$home.part" -r "$folder/requirements.txt" >&2 || {
    echo "pip could not install confluent-kafka $version"
    exit 1
  }
  rm -rf "$home" && mv "$home.part" "$home"
fi
printf '%s\n' env "PYTHONPATH=$home" "$python" "$folder/driver.py"
