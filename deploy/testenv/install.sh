#!/usr/bin/env bash
# Installs what the tests need and the machine lacks: a PostgreSQL server, Chromium, Chinese fonts, the sqlite3
# command. As root on Debian or Ubuntu it uses apt; otherwise it names the packages and fails. It does nothing,
# quickly and offline, where all is there.
set -euo pipefail

missing=()
need() { missing+=("$1"); }

has_server() {
	local tool
	for tool in /usr/lib/postgresql/*/bin/initdb /usr/pgsql-*/bin/initdb /usr/local/pgsql/bin/initdb; do
		[ -x "$tool" ] && return
	done
	command -v initdb >/dev/null
}

has_server || need postgresql
command -v psql >/dev/null || need postgresql-client
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
	need chromium
if command -v fc-list >/dev/null; then
	[ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ] || need fonts-noto-cjk
else
	need fontconfig
	need fonts-noto-cjk
fi
command -v sqlite3 >/dev/null || need sqlite3
command -v setpriv >/dev/null || command -v runuser >/dev/null || need util-linux

[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
	printf 'The tests need packages that this machine lacks: %s\n' "${missing[*]}" >&2
	printf 'Install them, on Debian or Ubuntu with: sudo apt-get install %s\n' "${missing[*]}" >&2
	printf 'Without them "make test-quick" still runs the tests that need neither PostgreSQL nor a browser.\n' >&2
	exit 1
fi

printf 'Installing what the tests need: %s\n' "${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq </dev/null
apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
