#!/bin/sh
# Makes kcat available: does nothing where it is on the PATH, else installs Debian's package where
# that is possible. Prints one clear line and exits with 1 where it is not.
set -eu

command -v kcat >/dev/null && exit 0
if ! command -v apt-get >/dev/null; then
  echo "kcat is not installed and this system has no apt-get: install kcat 1.7 by hand"
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "kcat is not installed and only root may install it: apt-get install kcat"
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update >/dev/null 2>&1 || true
apt-get -qq install -y --no-install-recommends kcat >/dev/null 2>&1 || {
  echo "kcat is not installed and apt-get could not install it"
  exit 1
}
