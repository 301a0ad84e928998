#!/bin/sh
# Prints the secrets of compose.yaml, new ones each time: umask 077; sh deploy/env.sh >.env
set -eu
secret() { openssl rand -base64 32 | tr +/ -_ | tr -d '=\n'; }
echo "LATCHKEY_SECRETS=$(secret)"
echo "POSTGRES_PASSWORD=$(secret)"
echo "REDIS_PASSWORD=$(secret)"
