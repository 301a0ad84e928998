#!/bin/sh
# curl with a cookie jar in a file. Lines in: a command and an origin; lines out: the body of the answer.
jar=$1

log_in() { # ORIGIN REMEMBER
  curl -sS -b "$jar" -c "$jar" "$1/auth/login" -H 'Content-Type: application/json' \
    -d '{"email": "ada@example.com", "password": "correct horse battery", "remember": '"$2"'}'
}

show_user() { # ORIGIN
  curl -sS -b "$jar" -c "$jar" "$1/auth/user"
}

log_out() { # ORIGIN
  curl -sS -b "$jar" -c "$jar" -X POST "$1/auth/logout"
}

while read -r command origin; do
  case $command in
    login) log_in "$origin" false ;;
    remember) log_in "$origin" true ;;
    user) show_user "$origin" ;;
    logout) log_out "$origin" ;;
  esac
  echo
done
