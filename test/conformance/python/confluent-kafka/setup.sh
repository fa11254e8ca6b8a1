#!/bin/sh
# Installs what this driver needs, prints its program and argument.
exec "$(dirname "$0")/../setup.sh" confluent-kafka
