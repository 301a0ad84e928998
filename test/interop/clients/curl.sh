#!/bin/sh
# curl with a cookie jar in a file. Lines in: a command and an origin; lines out: the body of the answer.
jar=$1

while read -r command origin; do
  case $command in
    login)
      curl -sS -b "$jar" -c "$jar" "$origin/auth/login" -H 'Content-Type: application/json' \
        -d '{"email": "ada@example.com", "password": "correct horse battery"}'
      ;;
    remember)
      curl -sS -b "$jar" -c "$jar" "$origin/auth/login" -H 'Content-Type: application/json' \
        -d '{"email": "ada@example.com", "password": "correct horse battery", "remember": true}'
      ;;
    user)
      curl -sS -b "$jar" -c "$jar" "$origin/auth/user"
      ;;
    logout)
      curl -sS -b "$jar" -c "$jar" -X POST "$origin/auth/logout"
      ;;
  esac
  echo
done
