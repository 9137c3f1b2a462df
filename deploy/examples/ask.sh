#!/bin/sh
# Ask the citizen at this window about one transaction and wait until it has ended.
# HUIYIN_DESK is http://127.0.0.1:8710 unless said, HUIYIN_TOKEN the desk's token. Through the hall:
# HUIYIN_DESK is the hall's address, HUIYIN_TOKEN the system's token, HUIYIN_WINDOW the window.
set -eu
desk=${HUIYIN_DESK:-http://127.0.0.1:8710}
answer=$(curl -sS --fail-with-body "$desk/v1${HUIYIN_WINDOW:+/windows/$HUIYIN_WINDOW}/invitations" \
    -H "Authorization: Bearer $HUIYIN_TOKEN" -H "Content-Type: application/json" \
    -d "{\"project_no\": \"$1\", \"service_no\": \"$2\"}")
id=$(printf %s "$answer" | sed 's/.*"invitation":"\([0-9a-f]*\)".*/\1/')
while :; do
    answer=$(curl -sS --fail-with-body "$desk/v1/invitations/$id" -H "Authorization: Bearer $HUIYIN_TOKEN")
    case $answer in *'"waiting"'*) sleep 1 ;; *) break ;; esac
done
printf '%s\n' "$answer"
