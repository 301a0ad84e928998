#!/bin/sh
# wget with a cookie jar in a file. Lines in: a command and an origin; lines out: the body of the answer.
# Each wget is a process of its own, so it has to keep cookies without a lifetime too, or no login would reach the next.
jar=$1
touch "$jar"

ask() { # ARGUMENTS
  wget -q -O - --content-on-error --load-cookies "$jar" --save-cookies "$jar" --keep-session-cookies "$@"
}

log_in() { # ORIGIN REMEMBER
  ask "$1/auth/login" --header 'Content-Type: application/json' \
    --post-data '{"email": "ada@example.com", "password": "correct horse battery", "remember": '"$2"'}'
}

show_user() { # ORIGIN
  ask "$1/auth/user"
}

log_out() { # ORIGIN
  ask "$1/auth/logout" --method POST
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
