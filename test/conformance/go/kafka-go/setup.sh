#!/bin/sh
# Builds this driver, prints its program.
exec "$(dirname "$0")/../setup.sh" kafka-go
