#!/bin/sh
# wget with a cookie jar in a file. Lines in: a command and an origin; lines out: the body of the answer.
jar=$1
touch "$jar"

# Each wget is a process of its own: without --keep-session-cookies only a remembered login would reach the next.
ask() {
  wget -q -O - --load-cookies "$jar" --save-cookies "$jar" --keep-session-cookies "$@"
}

while read -r command origin; do
  case $command in
    login)
      ask "$origin/auth/login" --header 'Content-Type: application/json' \
        --post-data '{"email": "ada@example.com", "password": "correct horse battery"}'
      ;;
    remember)
      ask "$origin/auth/login" --header 'Content-Type: application/json' \
        --post-data '{"email": "ada@example.com", "password": "correct horse battery", "remember": true}'
      ;;
    user)
      ask "$origin/auth/user"
      ;;
    logout)
      ask "$origin/auth/logout" --method POST
      ;;
  esac
  echo
done
