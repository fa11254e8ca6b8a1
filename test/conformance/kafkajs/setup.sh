#!/bin/sh
# kafkajs is a development dependency of this project: prints the driver's program and arguments.
set -eu

folder=$(cd "$(dirname "$0")" && pwd)
printf '%s\n' node "$folder/../../../scripts/run-ts.mjs" "$folder/driver.ts"
